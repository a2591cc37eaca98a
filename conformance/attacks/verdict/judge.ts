import type { AttackCase } from '../corpus/attack-case.ts'
import { decisions, plainErrorCases } from '../corpus/decisions.ts'
import type { AttackTarget, Outcome } from '../targets/attack-target.ts'
import { bearerErrorOf, challengeOf, codeOf } from '../targets/attack-target.ts'
import { conditionOf } from './conditions.ts'
import type { Evidence } from './evidence.ts'

const outages: ReadonlySet<string | null> = new Set(['keys_unavailable', 'revocation_unavailable'])

/** Returns the problems of a case, or an empty list if it passed. */
export function judge(attack: AttackCase, target: AttackTarget, evidence: Evidence): readonly string[] {
  const expectation = expectationOf(attack, target, evidence.token)
  const verdict = verdictProblem(expectation, evidence)
  const isMalformed = isMalformedRequest(target, evidence.token)
  const unmet = isMalformed ? [] : (attack.expected.must ?? []).map((must) => unmetCondition(must, evidence))
  const found = [verdict, ...unmet, ...generalProblems(attack, evidence)]
  return [...evidence.problems, ...found.filter((problem) => problem !== null)]
}

function verdictProblem({ verdict, statuses, bearerError }: Expectation, evidence: Evidence): string | null {
  const { configError, canFailToStart, outcomes } = evidence
  if (verdict === 'reject-config') return configError === null ? 'createAuth did not throw a ConfigError' : null
  if (configError !== null) return canFailToStart ? null : `createAuth threw a ConfigError: ${configError.message}`
  const outcome = outcomes.at(-1)
  if (outcome === undefined) return statuses.length === 0 ? null : 'there was no response'
  const isAccepted = outcome.status < 400
  if (isAccepted !== (verdict === 'accept')) return `it received ${outcome.status}: ${outcome.body}`
  if (statuses.length > 0 && !statuses.includes(outcome.status))
    return `${outcome.status} is not ${statuses.join(' or ')}`
  if (bearerError === null || bearerErrorOf(outcome) === bearerError) return null
  return `the error in the challenge is ${bearerErrorOf(outcome)}, not ${bearerError}`
}

function unmetCondition(must: string, evidence: Evidence): string | null {
  const check = conditionOf(must)
  if (check === undefined) return `no check for: ${must}`
  const problem = check(evidence)
  return problem === null ? null : `${must}: ${problem}`
}

/** The checks of every case. */
function generalProblems({ id }: AttackCase, evidence: Evidence): readonly (string | null)[] {
  const responses = [...evidence.outcomes, ...evidence.controls]
  const accepted = responses.filter(({ status }) => status === 200).length
  return [
    ...responses.map((outcome) => responseProblem(outcome, plainErrorCases.has(id))),
    ...evidence.log.map((line) => logProblem(line, evidence.token)),
    evidence.handled === accepted
      ? null
      : `the handler was called ${evidence.handled} times for ${accepted} accepted requests`,
    evidence.unhandled.length === 0 ? null : `an unhandled error: ${String(evidence.unhandled[0])}`,
    evidence.canaryConnections === 0 ? null : 'the canary received a connection',
    evidence.polluted.length === 0 ? null : `Object.prototype has ${evidence.polluted.join(', ')}`,
  ]
}

/** No response is a 5xx, except the 503 of an outage. */
function responseProblem(outcome: Outcome, canBePlainError: boolean): string | null {
  const { status, body } = outcome
  if (status >= 500 && !canBePlainError && !(status === 503 && outages.has(codeOf(outcome))))
    return `${status}: ${body}`
  if (status >= 400 && /Error|\bat \w+ \(/.test(body) && !canBePlainError) return `the body contains internals: ${body}`
  try {
    challengeOf(outcome)
    return null
  } catch (error) {
    return String(error)
  }
}

/** A log line is one line of printable ASCII. It contains no part of the token and no other input. */
function logProblem(line: string, token: string | null): string | null {
  if (/[^\x20-\x7E]/.test(line)) return 'a log line contains input'
  const parts = (token ?? '').split('.').filter((part) => part.length > 20)
  return parts.some((part) => line.includes(part)) ? 'the log contains a part of the token' : null
}

/** The one correct result. */
interface Expectation {
  readonly verdict: 'accept' | 'reject' | 'reject-config'
  /** The allowed statuses. If empty, all that match the verdict. */
  readonly statuses: readonly number[]
  /** The `error` of the challenge; null if it is not checked. */
  readonly bearerError: string | null
}

const token68 = /^[A-Za-z0-9\-._~+/]+=*$/

/**
 * The expected result for a target. `token` is the token that was sent, if any. Over the wire, a token that is not a
 * token68 makes the request malformed (RFC 6750 section 2.1), before the token is read.
 */
function expectationOf({ id, expected }: AttackCase, target: AttackTarget, token: string | null): Expectation {
  const decision = decisions[id]
  const verdict = decision?.takes ?? (expected.verdict === 'either' ? expected.preferred : expected.verdict)
  if (verdict === undefined) throw new Error(`${id} has two correct results and no preferred one`)
  if (isMalformedRequest(target, token)) return { verdict: 'reject', statuses: [400], bearerError: 'invalid_request' }
  const statuses = decision?.statuses ?? statusesOf(verdict, expected.status ?? [])
  const bearerError = verdict === 'reject' && expected.error !== 'any' ? (expected.error ?? null) : null
  return { verdict, statuses, bearerError }
}

/** Whether the token cannot be sent as a bearer token at all. */
function isMalformedRequest(target: AttackTarget, token: string | null): boolean {
  return target.column !== 'core' && token !== null && !token68.test(token)
}

/** If the corpus allows an outage, claimcheck must respond with 503: it is neither the client's fault nor a bug. */
function statusesOf(verdict: Expectation['verdict'], statuses: readonly number[]): readonly number[] {
  if (verdict === 'accept') return statuses.filter((status) => status < 400)
  const errors = statuses.filter((status) => status >= 400)
  return errors.includes(503) ? [503] : errors
}
