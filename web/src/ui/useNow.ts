import { onBeforeUnmount, onMounted, ref } from 'vue'

// The moment, moving on every few seconds, for "how long ago".
export function useNow(every_ms = 5000) {
  const now = ref(Date.now())
  let timer = 0
  onMounted(() => (timer = window.setInterval(() => (now.value = Date.now()), every_ms)))
  onBeforeUnmount(() => window.clearInterval(timer))
  return now
}
