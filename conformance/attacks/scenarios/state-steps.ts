import type { AuthError, Principal } from '@claimcheck/core'
import { toErrorResponse } from '@claimcheck/core'
import type { StepOf } from '../corpus/attack-case.ts'
import { setupOf } from '../targets/policies.ts'
import { comparable } from '../targets/attack-target.ts'
import type { ScenarioContext, Steps } from './scenario-context.ts'

/** Steps that change or check the state of the server, its environment or the time. */
export const stateSteps = {
  clock: runClockStep,
  revoke: runRevocationStep,
  watermark: runWatermarkStep,
  'hook-returns': runHookResultStep,
  pollute: runPollutionStep,
  construct: runConstructionStep,
  'preset-auth': runPresetStep,
  stack: runStackStep,
} satisfies Partial<Steps>

/** Moves the clock forwards or backwards. */
async function runClockStep({ delta }: StepOf<'clock'>, context: ScenarioContext): Promise<void> {
  context.clock.time += delta * 1000
}

/** Revokes the token with this ID. */
async function runRevocationStep({ jti }: StepOf<'revoke'>, context: ScenarioContext): Promise<void> {
  const revoked = jti === '$jti' ? context.base.claims['jti'] : jti
  context.isRevoked = ({ claims }) => claims.jti === revoked
}

/** Revokes all tokens of a subject that were issued before a time. */
async function runWatermarkStep({ sub, time }: StepOf<'watermark'>, context: ScenarioContext): Promise<void> {
  context.isRevoked = ({ subject, claims }) => subject === sub && (claims.iat ?? 0) < time
}

/** The application returns a value that is not a boolean, despite the types. */
async function runHookResultStep({ value }: StepOf<'hook-returns'>, context: ScenarioContext): Promise<void> {
  context.isRevoked = () => value
}

/** Lets the steps of a scenario change what is revoked while the server runs. */
export function enableRevocation(context: ScenarioContext): void {
  context.overrides = { ...context.overrides, isRevoked: (principal: Principal) => context.isRevoked(principal) }
}

/** Simulates prototype pollution by other code. */
async function runPollutionStep({ set }: StepOf<'pollute'>, context: ScenarioContext): Promise<void> {
  const prototype = Object.prototype as Record<string, unknown>
  for (const [name, value] of Object.entries(set)) {
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true, enumerable: true })
    context.onClose(() => delete prototype[name])
  }
}

/** Creates an Auth from the current options and those of the step. */
async function runConstructionStep({ jwksUri }: StepOf<'construct'>, context: ScenarioContext): Promise<void> {
  if (jwksUri !== undefined) context.overrides = { ...context.overrides, keys: { jwksUrl: jwksUri } }
  await context.start()
}

/** Sets a value where the principal will be stored. */
async function runPresetStep({ value }: StepOf<'preset-auth'>, context: ScenarioContext): Promise<void> {
  context.setup = { ...context.setup, leftBehind: value }
}

/** Mounts several middlewares with different policies. If the adapter does not support this, the start must fail. */
async function runStackStep({ policies }: StepOf<'stack'>, context: ScenarioContext): Promise<void> {
  context.setup = {
    ...context.setup,
    auths: policies.flatMap((policy) => setupOf({ policy }, context.policyContext).auths),
  }
  context.canFailToStart = !context.target.stacks
}

export const expectationSteps = { expect: runExpectationStep } satisfies Partial<Steps>

/** Checks what happened so far. Times are not asserted, because the bench measures them. */
async function runExpectationStep(step: StepOf<'expect'>, context: ScenarioContext): Promise<void> {
  const { outcomes, problems } = context
  const last = outcomes.at(-1)
  if (step.status !== undefined && last?.status !== step.status)
    problems.push(`the last response is not ${step.status}`)
  if (step.jwksRequests !== undefined && context.keyRequests > step.jwksRequests.max) {
    problems.push(`the keys were fetched ${context.keyRequests} times`)
  }
  if (step.sameResponse === true) {
    const kinds = new Set(outcomes.map(comparable))
    if (kinds.size > 1) problems.push(`the responses differ:\n${[...kinds].join('\n\n')}`)
  }
  if (step.rssGrowthMiB !== undefined && (context.heapGrowthMiB ?? 0) > step.rssGrowthMiB.max) {
    problems.push(`${context.heapGrowthMiB} MiB more are in use`)
  }
  if (step.stateUnset === true && context.storedOnError !== false) {
    problems.push('the error handler found a value where the principal is stored')
  }
}

/** Forwards errors to the error handler of the application, and records what is stored for the caller. */
export function recordStoredValue(context: ScenarioContext): void {
  context.setup = {
    ...context.setup,
    onError: (error, caller) => {
      context.storedOnError = (caller.stored() ?? null) !== null
      // The adapter passes on the error that rejected the request.
      return toErrorResponse(error as AuthError)
    },
  }
}
