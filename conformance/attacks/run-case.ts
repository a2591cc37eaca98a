import type { AttackCase } from './corpus/attack-case.ts'
import { runRequest } from './requests/run-request.ts'
import type { TestBed } from './scenarios/arena.ts'
import { endWorld } from './scenarios/end-world.ts'
import { runScenario } from './scenarios/run-scenario.ts'
import { ScenarioContext } from './scenarios/world.ts'
import type { AttackTarget } from './servers/attack-target.ts'
import { runConstruct } from './settings/run-construct.ts'
import { noEvidence } from './verdict/evidence.ts'
import type { Evidence } from './verdict/evidence.ts'
import { judge } from './verdict/judge.ts'
import { Watch } from './verdict/watch.ts'

/** Runs a case against a target, and says what was wrong with the answer; nothing, where it was right. */
export async function runCase(attack: AttackCase, target: AttackTarget, arena: TestBed): Promise<readonly string[]> {
  const watch = new Watch(arena)
  const found = await run(attack, target, arena)
  return judge(attack, target, { ...noEvidence, ...found, ...(await watch.end()) })
}

async function run(attack: AttackCase, target: AttackTarget, arena: TestBed): Promise<Partial<Evidence>> {
  const { construct, scenario } = attack.recipe
  if (construct !== undefined) return runConstruct(construct, new ScenarioContext(arena, attack, target))
  if (scenario === undefined) return runRequest(attack, target, arena)
  const world = new ScenarioContext(arena, attack, target)
  return endWorld(world, runScenario(scenario, world))
}
