import { withinPatience } from '../patience.ts'
import type { Principal } from '../principal.ts'
import { Refused } from '../refused.ts'
import type { Soon } from '../soon.ts'

/** Says whether a verified token was revoked. */
export type IsRevoked = (principal: Principal<string, unknown>) => boolean | Promise<boolean>

const patienceMilliseconds = 2000

/** Refuses a revoked token. What is no clear answer in 2 seconds is an outage: the token is neither good nor bad. */
export function refuseRevoked(principal: Principal<string, unknown>, isRevoked: IsRevoked): Soon<Refused | null> {
  try {
    const answer: unknown = isRevoked(principal)
    if (typeof answer === 'boolean') return verdict(answer)
    // Whatever is no answer yet may be a promise of another making, and is given no more time than one of ours.
    return withinPatience(Promise.resolve(answer), patienceMilliseconds).then(verdict, failed)
  } catch (cause) {
    return failed(cause)
  }
}

function verdict(answer: unknown): Refused | null {
  if (typeof answer !== 'boolean') return new Refused('revocation_unavailable', 'isRevoked gave no boolean')
  return answer ? new Refused('token_revoked') : null
}

function failed(cause: unknown): Refused {
  return new Refused('revocation_unavailable', 'isRevoked failed', { cause })
}
