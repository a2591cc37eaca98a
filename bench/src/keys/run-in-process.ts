// Runs in its own process: scenarios with one contender and a simulated clock, which must not affect anything else.
import type { RunMode } from '../lib/run-mode.ts'
import { createContender } from './contenders.ts'
import type { ContenderName } from './contenders.ts'
import { extents, scenarios } from './scenarios.ts'
import type { Figures, ScenarioId } from './scenarios.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { Simulation } from './simulation.ts'

/** What to run, as JSON in the first argument. */
export interface Task {
  readonly contender: ContenderName
  readonly scenarios: readonly ScenarioId[]
  readonly mode: RunMode
}

/** The result, which is sent to the parent process. */
export interface TaskResult {
  readonly versions: readonly string[]
  readonly figures: Partial<Figures>
}

process.on('disconnect', () => process.exit())
const task = JSON.parse(process.argv[2] ?? '') as Task
const result = await run(task, new SimulatedClock(Date.now()))
process.send?.(result, () => process.exit())

async function run({ contender, scenarios: ids, mode }: Task, clock: SimulatedClock): Promise<TaskResult> {
  const figures: Partial<Record<ScenarioId, unknown>> = {}
  let versions: readonly string[] = []
  for (const id of ids) {
    const simulation = await Simulation.start((terms) => createContender(contender, terms), clock)
    versions = simulation.contender.versions
    figures[id] = await scenarios[id](simulation, extents[mode])
    await simulation.stop()
  }
  return { versions, figures: figures as Partial<Figures> }
}
