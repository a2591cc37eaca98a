import type { AttackRecipe } from '../corpus/attack-case.ts'
import { endWorld } from '../scenarios/end-world.ts'
import type { ScenarioContext } from '../scenarios/world.ts'
import type { Evidence } from '../verdict/evidence.ts'
import { constructOptions } from './construct-options.ts'

/** Starts a server with settings that must not start one, or that must: then it takes a good token. */
export async function runConstruct(
  construct: NonNullable<AttackRecipe['construct']>,
  world: ScenarioContext,
): Promise<Partial<Evidence>> {
  const context = { ring: world.shelf.ring, now: world.clock.now, onAuthError: world.log.note }
  return endWorld(world, tryAll(constructOptions(construct, context), world))
}

/** Where a setting has several wrong values, each of them must be refused. */
async function tryAll(variants: ReturnType<typeof constructOptions>, world: ScenarioContext): Promise<void> {
  const sign = { alg: 'HS256', hmac: { key: 'hs-1', as: 'oct' } }
  const token = world.shelf.build({ header: { alg: 'HS256', typ: 'at+jwt' }, sign })
  for (const [index, options] of variants.entries()) {
    world.startRefused = null
    world.setup = { ...world.setup, auths: [options] }
    await world.ask({ token }, `variant ${index}`)
    if (variants.length > 1 && world.startRefused === null) world.problems.push(`value ${index} was taken`)
  }
}
