// Runs in its own process: one Auth caches some tokens and looks them up in turns. At the end it revokes some of them.
import { strict as assert } from 'node:assert'
import { randomUUID } from 'node:crypto'
import { accepts, checkCache, freshCopy } from '../cache/token-cache.ts'
import { handleCommands } from '../lib/child-process.ts'
import type { Turn } from '../race/run-race.ts'
import { Stopwatch } from '../race/stopwatch.ts'
import type { Pace } from '../race/stopwatch.ts'
import { claimsOf, invalidTokens, subjectOf } from '../tokens/bench-tokens.ts'
import { Issuer } from '../tokens/issuer.ts'
import { contenders } from './contenders.ts'
import type { ContenderName, RevocableAuth, RevocableClaims } from './contenders.ts'

export interface Setup {
  readonly contender: ContenderName
  readonly active: number
  readonly tokens: number
  readonly pace: Pace
}

export type Command = 'turn' | 'revoke'
/** A turn; or how many tokens were revoked, each in another way, and rejected from then on. */
export type Result = Turn | number

const hour = 3600

handleCommands<Setup, Command, Result>(async ({ contender, active, tokens: count, pace }) => {
  const issuer = new Issuer('HS256')
  const auth = await contenders[contender](issuer.terms, active)
  const claims = Array.from({ length: count }, (_, index) => revocableClaims(issuer, index))
  const tokens = claims.map((each) => freshCopy(issuer.sign(each)))
  await checkCache(contender, auth, { valid: tokens, invalid: invalidTokens(issuer) })
  let next = 0
  const take = (many: number) => Array.from({ length: many }, () => freshCopy(tokens[next++ % count] ?? ''))
  const watch = new Stopwatch(auth, pace, take)
  return (command) => (command === 'turn' ? watch.turn() : revoke(contender, auth, { claims, tokens }))
})

/** The claims of every bench, and a session ID. */
function revocableClaims(issuer: Issuer, index: number): RevocableClaims {
  const iat = Math.floor(Date.now() / 1000) - 1
  const [iss, sub] = [issuer.terms.issuer, subjectOf(index)]
  return { ...claimsOf(issuer, index), iss, sub, sid: randomUUID(), jti: randomUUID(), iat, exp: iat + hour }
}

/** Revokes one token in each way, and checks that exactly these tokens are rejected. */
async function revoke(
  contender: string,
  auth: RevocableAuth,
  { claims, tokens }: { readonly claims: readonly RevocableClaims[]; readonly tokens: readonly string[] },
): Promise<number> {
  for (const [index, revokeBy] of auth.revoke.entries()) {
    const [revoked] = claims.slice(index)
    if (revoked !== undefined) await revokeBy(revoked)
  }
  for (const [index, token] of tokens.entries()) {
    const isAccepted = await accepts(auth, freshCopy(token))
    assert.equal(isAccepted, index >= auth.revoke.length, `${contender} must reject exactly the revoked tokens`)
  }
  return auth.revoke.length
}
