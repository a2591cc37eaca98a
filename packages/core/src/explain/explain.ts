import { checkPrincipal } from '../access/decide.ts'
import { readPolicy } from '../access/policy.ts'
import type { Authenticator, AuthResult } from '../authenticator.ts'
import type { AuthSettings } from '../config/auth-options.ts'
import { isProduction } from '../config/env.ts'
import { anonymousFailure, AuthFailure } from '../failure/auth-failure.ts'
import { ConfigError, statusOf } from '../failure/errors.ts'
import { describe, readFields } from '../lib/options.ts'
import { createSecondsClock } from '../lib/user-code.ts'
import type { RequestLike } from '../request/headers.ts'
import { Trace } from '../trace.ts'
import type { ExplainedStep, Explanation, Step, View } from './explanation.ts'
import { callerSteps, proofSteps } from './proof-steps.ts'
import { tokenSteps } from './token-steps.ts'
import { remedies } from './words.ts'

/** The Auth's parts that an explanation needs, and the request that is explained. */
export interface ExplainInput {
  readonly authenticator: Authenticator
  readonly settings: AuthSettings
  readonly request: RequestLike
}

const allSteps: readonly Step[] = [...tokenSteps, ...proofSteps, ...callerSteps]

/** Runs every step for a request and describes each. Rejects with a ConfigError in production, and with any error that is a bug. */
export async function explain(
  { authenticator, settings, request }: ExplainInput,
  options: unknown = {},
): Promise<Explanation> {
  const fields = readFields('', options, ['policy', 'inProduction'])
  const inProduction = fields.get('inProduction') ?? false
  if (typeof inProduction !== 'boolean') throw new ConfigError('inProduction', 'true or false', describe(inProduction))
  if (!inProduction) assertNotProduction()
  const policy = fields.has('policy') ? readPolicy('policy', fields.get('policy')) : null
  const trace = new Trace({ bypassesCache: true })
  const startedAt = createSecondsClock(settings.now)()
  const result = await authenticator.identify(request, trace)
  const { principal } = result
  const view = {
    settings,
    issuer: issuerOf(trace, settings),
    steps: trace.steps,
    policy,
    unmet: principal === null || policy === null ? null : checkPrincipal(principal, policy),
    screenedAt: Math.floor(trace.steps.screenedAt ?? startedAt),
    validatedAt: Math.floor(trace.steps.validatedAt ?? trace.steps.screenedAt ?? startedAt),
  }
  return toExplanation(view, result)
}

/** Fails closed: an environment that cannot be read is treated as production. */
function assertNotProduction(): void {
  const production = isProduction()
  if (production === false) return
  const when = production === null ? 'NODE_ENV cannot be read' : 'NODE_ENV is production'
  throw new ConfigError('inProduction', `true if ${when}, because an explanation also helps attackers`, 'false')
}

function toExplanation(view: View, result: AuthResult): Explanation {
  const isAnonymous = result.principal === null && result.failure === null
  const failure = isAnonymous ? anonymousFailure : (result.failure ?? view.unmet)
  return Object.freeze({
    outcome: isAnonymous ? 'anonymous' : failure === null ? 'accepted' : 'rejected',
    code: failure?.code ?? null,
    status: failure === null ? null : statusOf(failure.code),
    detail: failure?.detail ?? null,
    steps: Object.freeze(describeSteps(view, failure)),
  })
}

/** The steps before the one that rejected the request have passed; those after it were not reached. */
function describeSteps(view: View, failure: AuthFailure | null): ExplainedStep[] {
  const taken = allSteps.filter((step) => (Object.hasOwn(step, 'isTaken') ? (step.isTaken?.(view) ?? true) : true))
  const end = failure === null ? taken.length : indexOfFailure(taken, view, failure)
  return taken.map((step, index) => {
    const described = { step: step.name, expected: step.expected(view) }
    if (index > end) return Object.freeze({ ...described, verdict: 'not_reached', found: '', remedy: null })
    const found = step.found(view)
    if (index < end) return Object.freeze({ ...described, verdict: 'passed', found, remedy: null })
    return Object.freeze({
      ...described,
      verdict: 'rejected',
      found,
      remedy: failure === null ? null : remedies[failure.code],
    })
  })
}

/** The index of the step that rejected the request. A missing token is found by the first step. */
function indexOfFailure(steps: readonly Step[], view: View, failure: AuthFailure): number {
  return failure === anonymousFailure ? 0 : steps.findIndex((step) => step.failure(view) !== null)
}

function issuerOf({ steps: { issuer } }: Trace, { issuers }: AuthSettings): View['issuer'] {
  if (issuer !== undefined && !(issuer instanceof AuthFailure)) return issuer
  const [only] = issuers.size === 1 ? issuers.values() : []
  return only ?? null
}
