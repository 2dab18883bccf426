// wait - for a condition, never for a time: asks again until it is so. The
// bound is only there to end a test that has failed.
export const BOUND_MS = 60_000

export async function until<T>(what: string, condition: () => T | Promise<T>, bound_ms = BOUND_MS): Promise<NonNullable<T>> {
  const end = Date.now() + bound_ms
  for (;;) {
    const answer = await condition()
    if (answer) return answer
    if (Date.now() > end) throw new Error(`it did not come about: ${what}`)
    await new Promise((again) => setTimeout(again, 50))
  }
}
