import type { ScenarioStep, StepOf } from '../corpus/scenario-step.ts'
import type { ScenarioContext } from './world.ts'

/** What is done for each step, by its name. */
export type Steps = { readonly [Do in ScenarioStep['do']]: (step: StepOf<Do>, world: ScenarioContext) => Promise<void> }
