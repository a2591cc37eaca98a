import { SessionStoreUnavailableError } from './errors.ts'

interface ValidatedCall<T> {
  readonly timeoutSeconds: number
  readonly call: () => unknown
  /** Throws if the result has an unexpected type. */
  readonly validate: (result: unknown) => T
}

/**
 * Calls a session store or a revocation list and validates the result. Rejects with a `SessionStoreUnavailableError` that
 * names the method if the call fails, takes too long, or returns an invalid result.
 */
export async function callAndValidate<T>(
  method: string,
  { timeoutSeconds, call, validate }: ValidatedCall<T>,
): Promise<T> {
  try {
    return validate(await withTimeout(method, timeoutSeconds, call))
  } catch (cause) {
    throw new SessionStoreUnavailableError(method, cause)
  }
}

/** Calls a callback of the user. Its errors are passed on; a timeout is a `SessionStoreUnavailableError`. */
export async function callUserCode<T>(name: string, timeoutSeconds: number, call: () => T | Promise<T>): Promise<T> {
  try {
    return await withTimeout(name, timeoutSeconds, call)
  } catch (cause) {
    throw cause instanceof TimeoutError ? new SessionStoreUnavailableError(name, cause) : cause
  }
}

/** Waits for a result, but not longer than `seconds`. A later result is ignored, and no timer keeps running. */
async function withTimeout<T>(name: string, seconds: number, call: () => T | Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TimeoutError(name, seconds)), seconds * 1000)
  })
  try {
    return await Promise.race([call(), timeout])
  } finally {
    clearTimeout(timer)
  }
}

/** A call did not respond in time. The caller cannot know whether the work was done. */
class TimeoutError extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'TimeoutError', configurable: true, writable: true })
  }

  constructor(name: string, seconds: number) {
    super(`${name} did not respond within ${seconds} seconds`)
  }
}
