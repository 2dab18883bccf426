// useAsk - one question to the server as a page sees it: loading, an answer, or
// a problem in words; asking again keeps the old answer until the new is there.
import { ref, shallowRef, type Ref } from 'vue'
import { Problem } from '@/api'
import { t } from '@/words'

export interface Asked<T> {
  data: Ref<T | null>
  busy: Ref<boolean>
  problem: Ref<string>
  ask: () => Promise<void>
}

export function inWords(problem: unknown): string {
  if (!(problem instanceof Problem)) throw problem
  if (problem.status === 0) return t('unreachable')
  if (problem.status === 401) return t('forbidden')
  return problem.detail || problem.title
}

export function useAsk<T>(question: () => Promise<T>): Asked<T> {
  const data = shallowRef<T | null>(null) as Ref<T | null>
  const busy = ref(false)
  const problem = ref('')
  let turn = 0

  async function ask() {
    const mine = ++turn
    busy.value = true
    try {
      const answer = await question()
      if (mine === turn) {
        data.value = answer
        problem.value = ''
      }
    } catch (wrong) {
      if (mine === turn) problem.value = inWords(wrong)
    } finally {
      if (mine === turn) busy.value = false
    }
  }
  return { data, busy, problem, ask }
}
