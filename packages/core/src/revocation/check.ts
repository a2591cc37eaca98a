import { withTimeout } from '../lib/timeout.ts'
import type { AnyPrincipal } from '../principal/principal.ts'
import { hasMethod } from '../lib/properties.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import type { MaybePromise } from '../lib/async.ts'
import type { RevocableToken, Revocations } from './revocations.ts'

/** Says whether a verified token was revoked. */
export type IsRevoked = (principal: AnyPrincipal) => boolean | Promise<boolean>

const patienceMilliseconds = 2000
/** A list that is shared with other processes may be large. */
const loadingMilliseconds = 10_000

/** Refuses a token that a rule of the user's says is revoked. */
export function checkIsRevoked(principal: AnyPrincipal, isRevoked: IsRevoked): MaybePromise<AuthFailure | null> {
  try {
    return judge(isRevoked(principal), 'isRevoked')
  } catch (cause) {
    return failed(cause, 'isRevoked')
  }
}

/** Refuses a token that is in the list of revocations. */
export function checkRevocationList(token: RevocableToken, revocations: Revocations): MaybePromise<AuthFailure | null> {
  try {
    return judge(revocations.isRevoked(token), 'revocation')
  } catch (cause) {
    return failed(cause, 'revocation')
  }
}

/** Waits until a list is loaded, or is known to have failed: then it says so for each request. */
export async function loaded(revocations: Revocations | null): Promise<void> {
  try {
    if (revocations === null || !hasMethod(revocations, 'ready')) return
    await withTimeout(Promise.resolve(revocations.ready?.()), loadingMilliseconds)
  } catch {
    // Whoever starts a server asks the list itself.
  }
}

/** What is no clear answer in 2 seconds is an outage: the token is neither good nor bad. */
function judge(answer: unknown, asked: string): MaybePromise<AuthFailure | null> {
  if (typeof answer === 'boolean') return answer ? revoked : null
  // Whatever is no answer yet may be a promise of another making, and is given no more time than one of ours.
  return withTimeout(Promise.resolve(answer), patienceMilliseconds).then(
    (given) => verdict(given, asked),
    (cause: unknown) => failed(cause, asked),
  )
}

const revoked = new AuthFailure('token_revoked')

function verdict(answer: unknown, asked: string): AuthFailure | null {
  if (typeof answer !== 'boolean') return new AuthFailure('revocation_unavailable', `${asked} did not return a boolean`)
  return answer ? revoked : null
}

function failed(cause: unknown, asked: string): AuthFailure {
  return new AuthFailure('revocation_unavailable', `${asked} failed`, { cause })
}
