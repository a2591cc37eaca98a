import { TimeoutError, withTimeout } from '../with-timeout.ts'
import { SessionStoreUnavailableError } from './errors.ts'

interface Call<T> {
  readonly timeoutSeconds: number
  readonly ask: () => unknown
  /** Throws if the result has another type. */
  readonly read: (result: unknown) => T
}

/** Calls a store or a list of revocations; rejects with a `SessionStoreUnavailableError` that names the method, whatever fails. */
export async function callChecked<T>(name: string, { timeoutSeconds, ask, read }: Call<T>): Promise<T> {
  try {
    return read(await withTimeout(name, timeoutSeconds, ask))
  } catch (cause) {
    throw new SessionStoreUnavailableError(name, cause)
  }
}

/** Calls a function of the user. What it throws is passed on; if it does not respond, that is a `SessionStoreUnavailableError`. */
export async function callUserCode<T>(name: string, timeoutSeconds: number, ask: () => T | Promise<T>): Promise<T> {
  try {
    return await withTimeout(name, timeoutSeconds, ask)
  } catch (cause) {
    throw cause instanceof TimeoutError ? new SessionStoreUnavailableError(name, cause) : cause
  }
}
