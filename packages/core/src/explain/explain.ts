import { judge } from '../access/decide.ts'
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

/** Whose way is explained, and which request takes it. */
export interface Explained {
  readonly authenticator: Authenticator
  readonly settings: AuthSettings
  readonly request: RequestLike
}

const allSteps: readonly Step[] = [...tokenSteps, ...proofSteps, ...callerSteps]

/** Takes a request the whole way, and tells of each step; a bug on the way rejects as it does for the request itself. */
export async function explain(
  { authenticator, settings, request }: Explained,
  options: unknown = {},
): Promise<Explanation> {
  const fields = readFields('', options, ['policy', 'inProduction'])
  const inProduction = fields.get('inProduction') ?? false
  if (typeof inProduction !== 'boolean') throw new ConfigError('inProduction', 'true or false', describe(inProduction))
  if (!inProduction) refuseProduction()
  const policy = fields.has('policy') ? readPolicy('policy', fields.get('policy')) : null
  const trace = new Trace({ isWhole: true })
  const startedAt = createSecondsClock(settings.now)()
  const identified = await authenticator.identify(request, trace)
  const { principal } = identified
  const view = {
    settings,
    issuer: issuerOf(trace, settings),
    steps: trace.steps,
    policy,
    unmet: principal === null || policy === null ? null : judge(principal, policy),
    screenedAt: Math.floor(trace.steps.screenedAt ?? startedAt),
    validatedAt: Math.floor(trace.steps.validatedAt ?? trace.steps.screenedAt ?? startedAt),
  }
  return explanationOf(view, identified)
}

/** Closed too if nothing says whether this is production. */
function refuseProduction(): void {
  const production = isProduction()
  if (production === false) return
  const when = production === null ? 'NODE_ENV cannot be read' : 'NODE_ENV is production'
  throw new ConfigError('inProduction', `true if ${when}, because an explanation also helps attackers`, 'false')
}

function explanationOf(view: View, { principal, failure: refused }: AuthResult): Explanation {
  const isAnonymous = principal === null && refused === null
  const refusal = isAnonymous ? anonymousFailure : (refused ?? view.unmet)
  return Object.freeze({
    outcome: isAnonymous ? 'anonymous' : refusal === null ? 'accepted' : 'refused',
    code: refusal?.code ?? null,
    status: refusal === null ? null : statusOf(refusal.code),
    detail: refusal?.detail ?? null,
    steps: Object.freeze(stepsOf(view, refusal)),
  })
}

/** Up to the one that refused all have passed; what stands behind it was not reached. */
function stepsOf(view: View, refusal: AuthFailure | null): ExplainedStep[] {
  const taken = allSteps.filter((step) => (Object.hasOwn(step, 'isTaken') ? (step.isTaken?.(view) ?? true) : true))
  const end = refusal === null ? taken.length : endOf(taken, view, refusal)
  return taken.map((step, index) => {
    const words = { step: step.name, expected: step.expected(view) }
    if (index > end) return Object.freeze({ ...words, verdict: 'unreached', found: '', remedy: null })
    const found = step.found(view)
    if (index < end) return Object.freeze({ ...words, verdict: 'passed', found, remedy: null })
    return Object.freeze({
      ...words,
      verdict: 'refused',
      found,
      remedy: refusal === null ? null : remedies[refusal.code],
    })
  })
}

/** A token that is not there is missing where it is looked for. */
function endOf(steps: readonly Step[], view: View, refusal: AuthFailure): number {
  return refusal === anonymousFailure ? 0 : steps.findIndex((step) => step.refused(view) !== null)
}

function issuerOf({ steps: { issuer } }: Trace, { issuers }: AuthSettings): View['issuer'] {
  if (issuer !== undefined && !(issuer instanceof AuthFailure)) return issuer
  const [only] = issuers.size === 1 ? issuers.values() : []
  return only ?? null
}
