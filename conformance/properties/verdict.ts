import { isAuthError } from '@claimcheck/core'
import type { AuthError, Principal } from '@claimcheck/core'

/** What may come of a request: nothing else is allowed to. */
export type Verdict<C = unknown> =
  | { readonly principal: Principal<string, C> | null; readonly refusal: null }
  | { readonly principal: null; readonly refusal: AuthError }

/** Waits for a verdict; whatever is thrown and is no AuthError is thrown on. */
export async function verdictOf<C>(outcome: Promise<Principal<string, C> | null>): Promise<Verdict<C>> {
  try {
    return { principal: await outcome, refusal: null }
  } catch (error) {
    if (isAuthError(error)) return { principal: null, refusal: error }
    throw error
  }
}
