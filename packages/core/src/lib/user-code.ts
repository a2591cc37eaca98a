import { isAuthError } from '../failure/errors.ts'

/**
 * Runs code of the user's that judges claims. What it throws is a bug and goes to the framework. A refusal that it
 * throws is one too, and must not be taken for a verdict of ours, which some mode might soften; and what is no error
 * must not be taken for none: to frameworks, `next(undefined)` and `next('route')` mean to go on.
 */
export function callUserCode<T>(name: string, run: () => T): T {
  try {
    return run()
  } catch (cause) {
    if (isAuthError(cause)) throw new Error(`${name} threw an AuthError`, { cause })
    throw cause instanceof Error ? cause : new Error(`${name} threw a value that is not an Error`, { cause })
  }
}

/** Asks a test of the user's for true or false, at once. */
export function callPredicate(name: string, test: () => unknown): boolean {
  const answer = callUserCode(name, test)
  if (typeof answer === 'boolean') return answer
  ignoreRejection(answer)
  throw new TypeError(`${name} must return true or false synchronously`)
}

/** Lets a promise that came where none may come fail unheard: a rejection that nobody waits for ends the process. */
export function ignoreRejection(answer: unknown): void {
  Promise.resolve(answer).catch(() => undefined)
}

/** A clock in milliseconds, as one in seconds. One that gives no time would make nothing expire: NaN compares with nothing. */
export function secondsBy(now: () => number): () => number {
  const milliseconds = millisecondsBy(now)
  return () => milliseconds() / 1000
}

/** A clock in milliseconds that throws a TypeError where the given one returns no time. */
export function millisecondsBy(now: () => number): () => number {
  return () => {
    const milliseconds: unknown = callUserCode('now', now)
    if (typeof milliseconds === 'number' && Number.isFinite(milliseconds)) return milliseconds
    throw new TypeError('now must return a finite number of milliseconds')
  }
}
