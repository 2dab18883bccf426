// session - who is logged in here, if anybody.
import { ref } from 'vue'
import { get, Problem, send, setCsrf, type Session } from '@/api'

export const session = ref<Session | null>(null)

function take(next: Session | null) {
  session.value = next
  setCsrf(next?.csrf ?? '')
}

// Asked once at the start: a reload keeps the log-in.
export async function restore() {
  try {
    take(await get<Session>('/session'))
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem
    take(null)
  }
}

export async function logIn(name: string, password: string) {
  take(await send<Session>('POST', '/session', { name, password }))
}

export async function logOut() {
  await send('DELETE', '/session')
  take(null)
}

export async function changePassword(old: string, next: string) {
  await send('PUT', '/session/password', { old, new: next })
  await restore()
}
