import type { ScenarioStep, StepOf } from '../corpus/scenario-step.ts'
import { crowdSteps } from './crowd-steps.ts'
import { expectationSteps, watchState } from './expectation-steps.ts'
import { inspectionSteps } from './inspection-steps.ts'
import { keySteps } from './key-steps.ts'
import { requestSteps } from './request-steps.ts'
import { stateSteps, watchRevocation } from './state-steps.ts'
import type { Steps } from './steps.ts'
import type { ScenarioContext } from './world.ts'

const notBuilt = async ({ do: name }: ScenarioStep): Promise<void> => {
  throw new Error(`The step ${name} belongs to a part that is not built`)
}

const steps: Steps = {
  ...requestSteps,
  ...crowdSteps,
  ...keySteps,
  ...stateSteps,
  ...expectationSteps,
  ...inspectionSteps,
  'logout-token': notBuilt,
  timing: notBuilt,
  mount: notBuilt,
}

const ofRevocation: ReadonlySet<string> = new Set(['revoke', 'watermark', 'hook-returns'])
/** Steps that are about a start, or ask for themselves. */
const asking: ReadonlySet<string> = new Set([
  ...Object.keys({ ...requestSteps, ...crowdSteps, ...inspectionSteps }),
  'construct',
])

/** Takes the steps of a scenario in their order; one that only sets the scene ends with a good token. */
export async function runScenario(scenario: readonly ScenarioStep[], world: ScenarioContext): Promise<void> {
  if (scenario.some((step) => ofRevocation.has(step.do))) watchRevocation(world)
  if (scenario.some((step) => step.do === 'expect' && step.stateUnset === true)) watchState(world)
  for (const step of scenario) await take(step, world)
  if (scenario.some((step) => asking.has(step.do)) || world.outcomes.length > 0) return
  await world.ask({ token: world.impliedToken ?? world.shelf.named('good') })
}

function take<Do extends ScenarioStep['do']>(step: StepOf<Do>, world: ScenarioContext): Promise<void> {
  const taken: Steps[Do] = steps[step.do]
  return taken(step, world)
}
