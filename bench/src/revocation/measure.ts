// A process of its own: one Auth, which has learned some tokens and recalls them in turns; and in the end revokes some.
import { strict as assert } from 'node:assert'
import { randomUUID } from 'node:crypto'
import { checkMemory, knows } from '../cache/check-memory.ts'
import { freshCopy } from '../cache/fresh-copy.ts'
import { answerParent } from '../children/answer-parent.ts'
import type { Turn } from '../race/run-race.ts'
import { Stopwatch } from '../race/stopwatch.ts'
import type { Pace } from '../race/stopwatch.ts'
import { badTokens, claimsOf, subjectOf } from '../tokens/bench-tokens.ts'
import { Issuer } from '../tokens/issuer.ts'
import type { Revocable, RevocableClaims } from './contender.ts'
import { contenders } from './contenders.ts'
import type { ContenderName } from './contenders.ts'

export interface Order {
  readonly contender: ContenderName
  readonly live: number
  readonly tokens: number
  readonly pace: Pace
}

export type Question = 'turn' | 'revoke'
/** A turn; or how many tokens were refused once each way to revoke one was taken. */
export type Answer = Turn | number

const hour = 3600

answerParent<Order, Question, Answer>(async ({ contender, live, tokens: count, pace }) => {
  const issuer = new Issuer('HS256')
  const memory = await contenders[contender](issuer.terms, live)
  const claims = Array.from({ length: count }, (_, index) => revocableClaims(issuer, index))
  const tokens = claims.map((each) => freshCopy(issuer.sign(each)))
  await checkMemory(contender, memory, { good: tokens, bad: badTokens(issuer) })
  let next = 0
  const take = (many: number) => Array.from({ length: many }, () => freshCopy(tokens[next++ % count] ?? ''))
  const watch = new Stopwatch(memory, pace, take)
  return (question) => (question === 'turn' ? watch.turn() : revoke(contender, memory, { claims, tokens }))
})

/** Those of every token that is measured, and the name of a session. */
function revocableClaims(issuer: Issuer, index: number): RevocableClaims {
  const iat = Math.floor(Date.now() / 1000) - 1
  const [iss, sub] = [issuer.terms.issuer, subjectOf(index)]
  return { ...claimsOf(issuer, index), iss, sub, sid: randomUUID(), jti: randomUUID(), iat, exp: iat + hour }
}

/** What was measured has to refuse a token once it is revoked, and no other. */
async function revoke(
  contender: string,
  memory: Revocable,
  { claims, tokens }: { readonly claims: readonly RevocableClaims[]; readonly tokens: readonly string[] },
): Promise<number> {
  const { ways } = memory
  for (const [index, way] of ways.entries()) {
    const [revoked] = claims.slice(index)
    if (revoked !== undefined) await way(revoked)
  }
  for (const [index, token] of tokens.entries()) {
    const passes = await knows(memory, freshCopy(token))
    assert.equal(passes, index >= ways.length, `${contender} must refuse what is revoked, and nothing else`)
  }
  return ways.length
}
