import { isAuthError } from '@claimcheck/core'
import type { Auth, AuthError, AuthErrorCode, Principal } from '@claimcheck/core'

/** Returns `accepted`, or the code of the error. */
export async function outcomeOf(auth: Auth<string, unknown>, token: string): Promise<AuthErrorCode | 'accepted'> {
  try {
    await auth.verifyToken(token)
    return 'accepted'
  } catch (error) {
    if (isAuthError(error)) return error.logCode
    throw error
  }
}

/** Waits until the condition is true, without a sleep. Loopback traffic needs only turns of the event loop. */
export async function until(isSo: () => boolean): Promise<void> {
  const limit = performance.now() + 4000
  while (!isSo()) {
    if (performance.now() > limit) throw new Error(`It did not become so in 4 seconds: ${String(isSo)}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** The allowed outcomes of a request. */
export type Verdict<C = unknown> =
  | { readonly principal: Principal<string, C> | null; readonly error: null }
  | { readonly principal: null; readonly error: AuthError }

/** Waits for the outcome. Errors that are not an AuthError are thrown again. */
export async function verdictOf<C>(outcome: Promise<Principal<string, C> | null>): Promise<Verdict<C>> {
  try {
    return { principal: await outcome, error: null }
  } catch (error) {
    if (isAuthError(error)) return { principal: null, error }
    throw error
  }
}
