import { probeCollisions } from './probe-collisions.ts'
import { probeScopes } from './probe-scopes.ts'
import type { StepOf } from '../corpus/scenario-step.ts'
import { coreTarget } from '../servers/core-target.ts'
import { comparable } from '../servers/outcome.ts'
import { isBuilt } from '../corpus/not-built.ts'
import type { Steps } from './steps.ts'
import type { ScenarioContext } from './world.ts'

const probes: Readonly<Record<string, (world: ScenarioContext) => Promise<void>>> = {
  'CACHE-07': probeCollisions,
  'FWK-05': probeScopes,
}

/** Steps that look at more than one request. */
export const inspectionSteps = { inspect: takeInspection, matrix: takeMatrix } satisfies Partial<Steps>

/** What the corpus leaves to a look at the code is looked at from outside. */
async function takeInspection(_step: StepOf<'inspect'>, world: ScenarioContext): Promise<void> {
  const probe = probes[world.attack.id]
  if (probe === undefined) throw new Error(`${world.attack.id} has nothing to inspect it by`)
  await probe(world)
}

/** Each token of the corpus is answered as core words it, byte for byte, and so by all adapters alike. */
async function takeMatrix(_step: StepOf<'matrix'>, world: ScenarioContext): Promise<void> {
  const { arena, shelf, target, problems } = world
  for (const attack of arena.corpus.attacks) {
    const { recipe, expected, id } = attack
    if (recipe.token === undefined || recipe.transport !== undefined || !isBuilt(id)) continue
    if (expected.verdict === 'reject-config' || recipe.policy?.startsWith('P-REGEX') === true) continue
    const headers = [['Authorization', `Bearer ${shelf.ofCase(attack)}`]] as const
    const [ofCore, ofAdapter] = await Promise.all(
      [coreTarget, target].map(async (asked) => {
        const { running } = await arena.pool(asked).serverOf(recipe)
        return running.ask({ headers })
      }),
    )
    if (ofCore === undefined || ofAdapter === undefined) throw new Error('Two were asked')
    const isSame = ofCore.status === 200 ? ofAdapter.status === 200 : comparable(ofCore) === comparable(ofAdapter)
    if (!isSame) problems.push(`${id} is answered otherwise than by core`)
    if (ofAdapter.status !== 200) world.outcomes.splice(0, 1, ofAdapter)
  }
}
