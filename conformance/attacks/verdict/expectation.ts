import type { AttackCase } from '../corpus/attack-case.ts'
import { decisions } from '../corpus/decisions.ts'
import type { AttackTarget } from '../servers/attack-target.ts'

/** The one answer that is right. */
export interface Expectation {
  readonly verdict: 'accept' | 'reject' | 'reject-config'
  /** Empty: any that goes with the verdict. */
  readonly statuses: readonly number[]
  /** The `error` of the challenge; null where it is not looked at. */
  readonly bearerError: string | null
}

const token68 = /^[A-Za-z0-9\-._~+/]+=*$/

/**
 * What is expected of a target. `token` is what it was sent, if anything: over a wire, one that is no token68 makes the
 * request malformed (RFC 6750 section 2.1), before anybody reads the token.
 */
export function expectationOf({ id, expected }: AttackCase, target: AttackTarget, token: string | null): Expectation {
  const decision = decisions[id]
  const verdict = decision?.takes ?? (expected.verdict === 'either' ? expected.preferred : expected.verdict)
  if (verdict === undefined) throw new Error(`${id} leaves a choice and prefers nothing`)
  if (isMalformedRequest(target, token)) return { verdict: 'reject', statuses: [400], bearerError: 'invalid_request' }
  const statuses = decision?.statuses ?? statusesOf(verdict, expected.status ?? [])
  const bearerError = verdict === 'reject' && expected.error !== 'any' ? (expected.error ?? null) : null
  return { verdict, statuses, bearerError }
}

/** Whether a token cannot stand behind `Bearer` at all. */
export function isMalformedRequest(target: AttackTarget, token: string | null): boolean {
  return target.column !== 'core' && token !== null && !token68.test(token)
}

/** Where the corpus knows an outage, it is the 503 that we answer by: neither the caller's fault nor a bug. */
function statusesOf(verdict: Expectation['verdict'], statuses: readonly number[]): readonly number[] {
  if (verdict === 'accept') return statuses.filter((status) => status < 400)
  const refusals = statuses.filter((status) => status >= 400)
  return refusals.includes(503) ? [503] : refusals
}
