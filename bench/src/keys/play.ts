// A process of its own: plays scenarios with one contender, under a clock that nobody else has to bear.
import type { ContenderName } from './contenders.ts'
import { extents } from './extent.ts'
import { scenarios } from './scenarios.ts'
import type { Figures, ScenarioId } from './scenarios.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { Stage } from './stage.ts'

/** What is to be played; it comes as JSON, in the first argument. */
export interface Order {
  readonly contender: ContenderName
  readonly scenarios: readonly ScenarioId[]
  readonly extent: keyof typeof extents
}

/** What came of it; it is sent to the parent process. */
export interface Report {
  readonly versions: readonly string[]
  readonly figures: Partial<Figures>
}

process.on('disconnect', () => process.exit())
const order = JSON.parse(process.argv[2] ?? '') as Order
const report = await play(order, new SimulatedClock(Date.now()))
process.send?.(report, () => process.exit())

async function play({ contender, scenarios: ids, extent }: Order, clock: SimulatedClock): Promise<Report> {
  const figures: Partial<Record<ScenarioId, unknown>> = {}
  let versions: readonly string[] = []
  for (const id of ids) {
    const stage = await Stage.set(contender, clock)
    versions = stage.contender.versions
    figures[id] = await scenarios[id](stage, extents[extent])
    await stage.strike()
  }
  return { versions, figures: figures as Partial<Figures> }
}
