import type { AttackCase } from '../corpus/attack-case.ts'
import { plainErrors } from '../corpus/decisions.ts'
import type { AttackTarget } from '../servers/attack-target.ts'
import { bearerErrorOf, challengeOf, codeOf } from '../servers/outcome.ts'
import type { Outcome } from '../servers/outcome.ts'
import { conditionOf } from './conditions.ts'
import type { Evidence } from './evidence.ts'
import { expectationOf, isMalformedRequest } from './expectation.ts'
import type { Expectation } from './expectation.ts'

const outages: ReadonlySet<string | null> = new Set(['keys_unavailable', 'revocation_unavailable'])

/** What is wrong with what came of a case; nothing, where the answer is right. */
export function judge(attack: AttackCase, target: AttackTarget, evidence: Evidence): readonly string[] {
  const expectation = expectationOf(attack, target, evidence.token)
  const verdict = verdictProblem(expectation, evidence)
  const isUnread = isMalformedRequest(target, evidence.token)
  const unmet = isUnread ? [] : (attack.expected.must ?? []).map((must) => unmetCondition(must, evidence))
  const found = [verdict, ...unmet, ...generalProblems(attack, evidence)]
  return [...evidence.problems, ...found.filter((problem) => problem !== null)]
}

function verdictProblem({ verdict, statuses, bearerError }: Expectation, evidence: Evidence): string | null {
  const { startRefused, mayRefuseStart, outcomes } = evidence
  if (verdict === 'reject-config') return startRefused === null ? 'the start was not refused' : null
  if (startRefused !== null) return mayRefuseStart ? null : `the start was refused: ${startRefused.message}`
  const outcome = outcomes.at(-1)
  if (outcome === undefined) return statuses.length === 0 ? null : 'there was no answer'
  const isAccepted = outcome.status < 400
  if (isAccepted !== (verdict === 'accept')) return `it was answered by ${outcome.status}: ${outcome.body}`
  if (statuses.length > 0 && !statuses.includes(outcome.status))
    return `${outcome.status} is not ${statuses.join(' or ')}`
  if (bearerError === null || bearerErrorOf(outcome) === bearerError) return null
  return `the challenge says ${bearerErrorOf(outcome)}, not ${bearerError}`
}

function unmetCondition(must: string, evidence: Evidence): string | null {
  const check = conditionOf(must)
  if (check === undefined) return `nobody checks: ${must}`
  const problem = check(evidence)
  return problem === null ? null : `${must}: ${problem}`
}

/** What must hold whatever the case is about. */
function generalProblems({ id }: AttackCase, evidence: Evidence): readonly (string | null)[] {
  const answers = [...evidence.outcomes, ...evidence.controls]
  const accepted = answers.filter(({ status }) => status === 200).length
  return [
    ...answers.map((outcome) => answerProblem(outcome, plainErrors.has(id))),
    ...evidence.log.map((line) => logProblem(line, evidence.token)),
    evidence.handled === accepted ? null : `the handler was reached ${evidence.handled} times for ${accepted} answers`,
    evidence.unhandled.length === 0 ? null : `an error was not handled: ${String(evidence.unhandled[0])}`,
    evidence.canaryConnections === 0 ? null : 'the canary was connected to',
    evidence.polluted.length === 0 ? null : `Object.prototype has ${evidence.polluted.join(', ')}`,
  ]
}

/** No answer is a 5xx but the outage's own. */
function answerProblem(outcome: Outcome, mayBePlainError: boolean): string | null {
  const { status, body } = outcome
  if (status >= 500 && !mayBePlainError && !(status === 503 && outages.has(codeOf(outcome))))
    return `${status}: ${body}`
  if (status >= 400 && /Error|\bat \w+ \(/.test(body) && !mayBePlainError) return `the body tells too much: ${body}`
  try {
    challengeOf(outcome)
    return null
  } catch (error) {
    return String(error)
  }
}

/** A line of a log is one line of words of ours: it holds no token, and nothing else that came from outside. */
function logProblem(line: string, token: string | null): string | null {
  if (/[^\x20-\x7E]/.test(line)) return 'a line of the log holds what came from outside'
  const parts = (token ?? '').split('.').filter((part) => part.length > 20)
  return parts.some((part) => line.includes(part)) ? 'the log holds a part of the token' : null
}
