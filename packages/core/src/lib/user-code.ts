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
