import type { ScenarioStep, StepOf } from '../corpus/scenario-step.ts'
import type { World } from './world.ts'

/** What is done for each step, by its name. */
export type Steps = { readonly [Do in ScenarioStep['do']]: (step: StepOf<Do>, world: World) => Promise<void> }
