import { AuthError } from './errors.ts'
import { withinPatience } from './patience.ts'
import type { Principal } from './principal.ts'

/** Says whether a verified token was revoked. */
export type IsRevoked = (principal: Principal<string, unknown>) => boolean | Promise<boolean>

const patienceMilliseconds = 2000

/** Refuses a revoked token. What is no clear answer in 2 seconds is an outage: the token is neither good nor bad. */
export async function refuseRevoked(principal: Principal<string, unknown>, isRevoked: IsRevoked): Promise<void> {
  const answer = await ask(principal, isRevoked)
  if (typeof answer !== 'boolean') throw unavailable('isRevoked gave no boolean')
  if (answer) throw new AuthError('token_revoked')
}

async function ask(principal: Principal<string, unknown>, isRevoked: IsRevoked): Promise<unknown> {
  try {
    const answer: unknown = isRevoked(principal)
    // Whatever is no answer yet may be a promise of another making, and is given no more time than one of ours.
    return typeof answer === 'boolean' ? answer : await withinPatience(Promise.resolve(answer), patienceMilliseconds)
  } catch (cause) {
    throw unavailable('isRevoked failed', cause)
  }
}

function unavailable(detail: string, cause?: unknown): AuthError {
  return new AuthError('revocation_unavailable', { detail }, { cause })
}
