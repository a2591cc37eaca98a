import { randomUUID } from 'node:crypto'
import { createRevocations } from '@claimcheck/core/revocation'
import type { Revoker } from '@claimcheck/core'
import type { Terms } from '../../tokens/issuer.ts'
import type { Revocable, RevocableClaims } from '../contender.ts'
import { makeAuth } from './make-auth.ts'

type Way = (list: Revoker, claims: RevocableClaims) => Promise<void>

const byToken: Way = (list, { iss, jti, exp }) => list.revokeToken({ issuer: iss, jti, until: exp })
const bySession: Way = (list, { iss, sid, exp }) => list.revokeSession({ issuer: iss, sid, until: exp })
const bySubject: Way = (list, { iss, sub, iat }) => list.revokeSubject({ issuer: iss, sub, issuedBefore: iat })
const allWays = [byToken, bySession, bySubject]

export async function makeEmptyList(terms: Terms): Promise<Revocable> {
  return makeWithList(terms, 0, allWays)
}

export async function makeListOfTokens(terms: Terms, live: number): Promise<Revocable> {
  return makeWithList(terms, live, [byToken])
}

/** A third of each. */
export async function makeListOfAll(terms: Terms, live: number): Promise<Revocable> {
  return makeWithList(terms, live, allWays)
}

/** Every revocation that is there is another caller's, and live: the list takes in no other. */
async function makeWithList(terms: Terms, live: number, filledBy: readonly Way[]): Promise<Revocable> {
  const list = createRevocations({ max: live + allWays.length })
  for (let index = 0; index < live; index++) await filledBy[index % filledBy.length]?.(list, strangerOf(terms, index))
  const ways = allWays.map((way) => (claims: RevocableClaims) => way(list, claims))
  return makeAuth(terms, { revocation: list }, ways)
}

function strangerOf({ issuer }: Terms, index: number): RevocableClaims {
  const now = Math.floor(Date.now() / 1000)
  return {
    iss: issuer,
    sub: `stranger-${index}`,
    sid: randomUUID(),
    jti: randomUUID(),
    iat: now,
    exp: now + 86_400,
  }
}
