// useAsk - one question to the server as a page sees it: loading, an answer, or
// a problem in words; asking again keeps the old answer until the new is there.
import { ref, shallowRef, type Ref } from 'vue'
import { Problem } from '@/api'
import { language, t } from '@/words'

export interface Asked<T> {
  data: Ref<T | null>
  busy: Ref<boolean>
  problem: Ref<string>
  ask: () => Promise<void>
}

const kinds: Record<number, Parameters<typeof t>[0]> = {
  0: 'unreachable',
  400: 'notValid',
  401: 'forbidden',
  403: 'notAllowed',
  404: 'notThere',
  409: 'conflict',
  413: 'notValid',
  415: 'notValid',
  422: 'notValid',
  429: 'tooOften',
}

// The server's own sentence is English: in Chinese its kind stands before it.
export function inWords(problem: unknown): string {
  if (!(problem instanceof Problem)) throw problem
  const kind = kinds[problem.status] ?? (problem.status >= 500 ? 'serverTrouble' : 'failed')
  if (problem.status === 0 || problem.status === 401) return t(kind)
  if (language.value === 'en') return problem.detail || t(kind)
  return problem.detail ? `${t(kind).replace(/。$/, '')}(${problem.detail})` : t(kind)
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
