import { isAuthError } from '../failure/errors.ts'

/**
 * Calls a user's function. Whatever it throws is a bug and must reach the framework as an Error:
 * - an AuthError is wrapped, because `mode: 'attempt'` would otherwise let the request pass without a principal;
 * - a value that is not an Error is wrapped, because frameworks treat `next(undefined)` and `next('route')` as success.
 */
export function callUserCode<T>(name: string, call: () => T): T {
  try {
    return call()
  } catch (cause) {
    if (isAuthError(cause)) throw new Error(`${name} threw an AuthError`, { cause })
    throw cause instanceof Error ? cause : new Error(`${name} threw a value that is not an Error`, { cause })
  }
}

/** Calls a user's synchronous test. Throws a TypeError if the result is not a boolean: a promise is truthy. */
export function callPredicate(name: string, test: () => unknown): boolean {
  const result = callUserCode(name, test)
  if (typeof result === 'boolean') return result
  ignoreRejection(result)
  throw new TypeError(`${name} must return true or false synchronously`)
}

/** Ignores the rejection of a promise that is not awaited: unhandled, it would end the process. */
export function ignoreRejection(value: unknown): void {
  Promise.resolve(value).catch(() => undefined)
}

/** Returns a clock in seconds for a user's clock in milliseconds. It throws as that of `createMillisecondsClock` does. */
export function createSecondsClock(now: () => number): () => number {
  const milliseconds = createMillisecondsClock(now)
  return () => milliseconds() / 1000
}

/**
 * Returns a clock that calls the user's clock and throws a TypeError if the result is not a finite number. With NaN every
 * comparison is false, so no token would ever expire.
 */
export function createMillisecondsClock(now: () => number): () => number {
  return () => {
    const milliseconds: unknown = callUserCode('now', now)
    if (typeof milliseconds === 'number' && Number.isFinite(milliseconds)) return milliseconds
    throw new TypeError('now must return a finite number of milliseconds')
  }
}
