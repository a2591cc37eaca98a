// Runs in its own process: the scenarios of one package with a simulated clock, which must not affect anything else.
import { createFrom } from '../keys/contenders.ts'
import { SimulatedClock } from '../keys/simulated-clock.ts'
import { Simulation } from '../keys/simulation.ts'
import type { RunMode } from '../lib/run-mode.ts'
import { keyClients } from './key-clients.ts'
import type { KeyClientName } from './key-clients.ts'
import { outage, outages, sendMadeUpKids } from './key-scenarios.ts'
import type { KeyFigures, Outage, OutageFigures } from './key-scenarios.ts'

/** What to run, as JSON in the first argument. The result is sent to the parent process. */
export interface Task {
  readonly client: KeyClientName
  readonly mode: RunMode
}

process.on('disconnect', () => process.exit())
const { client, mode } = JSON.parse(process.argv[2] ?? '') as Task
const clock = new SimulatedClock(Date.now())
const result = await run()
process.send?.(result, () => process.exit())

async function run(): Promise<KeyFigures> {
  const figures: [Outage, OutageFigures][] = []
  for (const behaviour of outages) {
    figures.push([behaviour, await simulate((simulation) => outage(simulation, behaviour, mode))])
  }
  const madeUpKids = await simulate(sendMadeUpKids)
  // One entry per outage, so the record is complete.
  return { outages: Object.fromEntries(figures) as KeyFigures['outages'], madeUpKids }
}

async function simulate<T>(scenario: (simulation: Simulation) => Promise<T>): Promise<T> {
  const simulation = await Simulation.start((terms) => createFrom(client, keyClients[client], terms), clock)
  const figures = await scenario(simulation)
  await simulation.stop()
  return figures
}
