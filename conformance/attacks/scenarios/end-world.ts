import type { Evidence } from '../verdict/evidence.ts'
import type { ScenarioContext } from './world.ts'

/** Ends a world when its scenario is over, and gathers what came of it. */
export async function endWorld(world: ScenarioContext, scenario: Promise<unknown>): Promise<Partial<Evidence>> {
  const timersBefore = holdingTimers()
  let timersHeld = 0
  try {
    await scenario
    timersHeld = holdingTimers() - timersBefore
  } finally {
    await world.end()
  }
  const { outcomes, controls, startRefused, mayRefuseStart, problems, timesKeysAsked } = world
  const handled = world.handled - world.handledElsewhere
  const found = { outcomes, controls, startRefused, mayRefuseStart, problems, timesKeysAsked, handled, timersHeld }
  return { ...found, log: world.log.lines }
}

/** How many timers keep this process from ending. */
function holdingTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
}
