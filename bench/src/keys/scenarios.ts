import { outage } from './scenarios/outage.ts'
import type { OutageFigures } from './scenarios/outage.ts'
import { refresh } from './scenarios/refresh.ts'
import type { RefreshFigures } from './scenarios/refresh.ts'
import { burst, spread } from './scenarios/storm.ts'
import type { StormFigures } from './scenarios/storm.ts'
import type { Extent } from './extent.ts'
import type { Stage } from './stage.ts'
import { withdrawal } from './scenarios/withdrawal.ts'
import type { WithdrawalFigures } from './scenarios/withdrawal.ts'

/** What all scenarios found out about one contender. */
export interface Figures {
  readonly burst: StormFigures
  readonly spread: StormFigures
  readonly spreadInOutage: StormFigures
  readonly outageFails: OutageFigures
  readonly outageDrops: OutageFigures
  readonly outageHolds: OutageFigures
  readonly withdrawnAlone: WithdrawalFigures
  readonly withdrawnBeside: WithdrawalFigures
  readonly refresh: RefreshFigures
}

export type ScenarioId = keyof Figures

export const scenarios: { readonly [K in ScenarioId]: (stage: Stage, extent: Extent) => Promise<Figures[K]> } = {
  burst,
  spread: (stage, extent) => spread(stage, extent, 'answers'),
  spreadInOutage: (stage, extent) => spread(stage, extent, 'fails'),
  outageFails: (stage, extent) => outage(stage, extent, 'fails'),
  outageDrops: (stage, extent) => outage(stage, extent, 'drops'),
  outageHolds: (stage, extent) => outage(stage, extent, 'holds'),
  withdrawnAlone: (stage, extent) => withdrawal(stage, extent, 'alone'),
  withdrawnBeside: (stage, extent) => withdrawal(stage, extent, 'beside'),
  refresh,
}

export const scenarioIds = Object.keys(scenarios) as ScenarioId[]
