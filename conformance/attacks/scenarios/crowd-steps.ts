import { randomBytes } from 'node:crypto'
import type { StepOf } from '../corpus/scenario-step.ts'
import type { TokenRecipe } from '../corpus/token-recipe.ts'
import { createVerificationKey } from '@claimcheck/core'
import type { KeySource } from '@claimcheck/core'
import { json } from '../../providers/behaviours.ts'
import { comparable } from '../servers/outcome.ts'
import type { Outcome } from '../servers/outcome.ts'
import { setupOf } from '../servers/policies.ts'
import { usedHeapMiB } from './used-heap.ts'
import { tokenOf } from './named-tokens.ts'
import type { Steps } from './steps.ts'
import type { ScenarioContext } from './world.ts'

/** As many connections as are open at once. */
const lanes = 500
const floodLanes = 50
/** What a quick run makes of a flood, and a long one of a flood over sockets. */
const quickFlood = 200
const longestOverSockets = 20_000

/** Steps in which many ask. */
export const crowdSteps = { concurrent: takeCrowd, flood: takeFlood } satisfies Partial<Steps>

/** The same token, by many at once, while nobody has the keys yet. */
async function takeCrowd(step: StepOf<'concurrent'>, world: ScenarioContext): Promise<void> {
  const token = tokenOf(step.token, world)
  if (token === null) throw new Error('A crowd has a token')
  world.serve(json({ keys: [world.publicJwk('rsa-1')] }))
  const count = world.arena.isLong ? step.count : Math.min(step.count, lanes)
  const server = await world.server()
  const outcomes = await inLanes(count, lanes, () => server.ask({ token }))
  keepDistinct(outcomes, world)
}

/** Many tokens, no two alike, none of which holds; what was verified before stays known. */
async function takeFlood(step: StepOf<'flood'>, world: ScenarioContext): Promise<void> {
  const isOfManyIssuers = world.attack.recipe.policy === 'P-2ISS'
  const counted = isOfManyIssuers ? null : new CountedKey(world)
  if (isOfManyIssuers) world.changes = { issuers: withRemoteKeys(world) }
  // A memory that the flood would fill, were anything of it remembered.
  world.changes = { ...world.changes, cache: { max: quickFlood / 2 } }
  const token = isOfManyIssuers ? null : world.shelf.named('good')
  await expectKnown(token, counted, world)
  const isRemembered = await expectKnown(token, counted, world)
  const before = usedHeapMiB()
  const server = await world.server()
  const outcomes = await inLanes(sizeOf(step.count, world), floodLanes, (index) => {
    return server.ask({ token: floodToken(step.template, index, world) })
  })
  keepDistinct(outcomes, world)
  if (world.arena.isLong && world.target.column === 'core') world.heapGrowthMiB = usedHeapMiB() - before
  if (isRemembered && !(await expectKnown(token, counted, world))) {
    world.problems.push('a verified token was forgotten for the sake of refused ones')
  }
  if (world.timesKeysAsked > 0) world.problems.push('somebody asked for the keys of an issuer that is not there')
}

function sizeOf(count: number, { arena, target }: ScenarioContext): number {
  if (!arena.isLong) return Math.min(count, quickFlood)
  return target.column === 'core' ? count : Math.min(count, longestOverSockets)
}

/** A key that counts how often it is looked up: who remembers a token does not ask for its key. */
class CountedKey {
  timesAsked = 0

  constructor(world: ScenarioContext) {
    const key = createVerificationKey({ publicKey: world.publicJwk('rsa-1') })
    const find = () => {
      this.timesAsked += 1
      return key
    }
    world.changes = { ...world.changes, keys: { find, has: (held) => held === key } satisfies KeySource }
  }
}

/** Whether a good token was accepted without a look at its key. */
async function expectKnown(token: string | null, counted: CountedKey | null, world: ScenarioContext): Promise<boolean> {
  if (token === null || counted === null) return false
  const before = counted.timesAsked
  await world.expectControl({ token }, 200)
  return counted.timesAsked === before
}

/** The two issuers, whose keys would have to be fetched. */
function withRemoteKeys(world: ScenarioContext): unknown {
  const context = { ring: world.shelf.ring, now: world.clock.now, onAuthError: world.log.note }
  const [options] = setupOf(world.attack.recipe, context).auths
  const issuers = options?.['issuers'] as readonly object[]
  return issuers.map((issuer) => ({ ...issuer, keys: { jwksUrl: world.jwksUrl } }))
}

/**
 * With `$uuid` in it, a token is signed for itself. Else it bears the signature of another, or a random one, which is
 * quicker to make and holds no more.
 */
function floodToken(template: TokenRecipe, index: number, { shelf, base }: ScenarioContext): string {
  const text = JSON.stringify(template)
  if (text.includes('$uuid')) return shelf.build(JSON.parse(text.replaceAll('$uuid', `flood-${index}`)) as TokenRecipe)
  const [header, , signature] = shelf.build(template).split('.')
  const claims = Buffer.from(JSON.stringify({ ...base.claims, ...template.payload, jti: `flood-${index}` }))
  const random = randomBytes(256).toString('base64url')
  return [header, claims.toString('base64url'), index % 2 === 0 ? random : signature].join('.')
}

/** An answer that was given that often, to the letter. */
interface Kind {
  readonly outcome: Outcome
  times: number
}

/** Does it so often, so many at a time, and keeps one outcome of each kind. */
async function inLanes(
  count: number,
  width: number,
  ask: (index: number) => Promise<Outcome>,
): Promise<readonly Kind[]> {
  const kinds = new Map<string, Kind>()
  let next = 0
  const lane = async () => {
    while (next < count) {
      const outcome = await ask(next++)
      const key = comparable(outcome)
      const kind = kinds.get(key) ?? { outcome, times: 0 }
      kind.times += 1
      kinds.set(key, kind)
    }
  }
  await Promise.all(Array.from({ length: Math.min(count, width) }, lane))
  return [...kinds.values()]
}

/** Where a crowd is answered in two ways, both are judged. */
function keepDistinct(kinds: readonly Kind[], world: ScenarioContext): void {
  if (kinds.length > 1) world.problems.push(`a crowd was answered in ${kinds.length} ways`)
  for (const { outcome, times } of kinds) {
    world.outcomes.push(outcome)
    if (outcome.status === 200) world.handledElsewhere += times - 1
  }
}
