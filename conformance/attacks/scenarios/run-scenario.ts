import type { ScenarioStep, StepOf } from '../corpus/attack-case.ts'
import { loadSteps } from './crowd-steps.ts'
import { expectationSteps, stateSteps, enableRevocation, recordStoredValue } from './state-steps.ts'
import { inspectionSteps } from './inspection-steps.ts'
import { keySteps } from './key-steps.ts'
import { requestSteps } from './request-steps.ts'
import type { ScenarioContext, Steps } from './scenario-context.ts'

const unsupported = async ({ do: name }: ScenarioStep): Promise<void> => {
  throw new Error(`The step ${name} belongs to a feature that does not exist`)
}

const steps: Steps = {
  ...requestSteps,
  ...loadSteps,
  ...keySteps,
  ...stateSteps,
  ...expectationSteps,
  ...inspectionSteps,
  'logout-token': unsupported,
  timing: unsupported,
  mount: unsupported,
}

const revocationSteps: ReadonlySet<string> = new Set(['revoke', 'watermark', 'hook-returns'])
/** Steps that start a server or send requests themselves. */
const startingSteps: ReadonlySet<string> = new Set([
  ...Object.keys({ ...requestSteps, ...loadSteps, ...inspectionSteps }),
  'construct',
])

/** Runs the steps of a scenario in order. If none of them sends a request, a valid token is sent at the end. */
export async function runScenario(scenario: readonly ScenarioStep[], context: ScenarioContext): Promise<void> {
  if (scenario.some((step) => revocationSteps.has(step.do))) enableRevocation(context)
  if (scenario.some((step) => step.do === 'expect' && step.stateUnset === true)) recordStoredValue(context)
  for (const step of scenario) await runStep(step, context)
  if (scenario.some((step) => startingSteps.has(step.do)) || context.outcomes.length > 0) return
  await context.send({ token: context.defaultToken ?? context.fixtures.named('good') })
}

function runStep<Do extends ScenarioStep['do']>(step: StepOf<Do>, context: ScenarioContext): Promise<void> {
  const run: Steps[Do] = steps[step.do]
  return run(step, context)
}
