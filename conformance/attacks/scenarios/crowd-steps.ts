import { randomBytes } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createVerificationKey } from '@claimcheck/core'
import type { KeySource } from '@claimcheck/core'
import type { StepOf, TokenRecipe } from '../corpus/attack-case.ts'
import { json } from '../../src/hostile-key-server.ts'
import { comparable } from '../targets/attack-target.ts'
import type { Outcome } from '../targets/attack-target.ts'
import { setupOf } from '../targets/policies.ts'
import { tokenOf } from './step-tokens.ts'
import type { ScenarioContext, Steps } from './scenario-context.ts'

/** The number of concurrent connections. */
const concurrency = 500
const floodConcurrency = 50
/** The number of requests in a short run, and the maximum of a long run over sockets. */
const shortFlood = 200
const maxOverSockets = 20_000

/** Steps with many requests. */
export const loadSteps = { concurrent: runCrowdStep, flood: runFloodStep } satisfies Partial<Steps>

/** Many concurrent requests with the same token, before the keys are cached. */
async function runCrowdStep(step: StepOf<'concurrent'>, context: ScenarioContext): Promise<void> {
  const token = tokenOf(step.token, context)
  if (token === null) throw new Error('Concurrent requests need a token')
  context.serve(json({ keys: [context.publicJwk('rsa-1')] }))
  const count = context.testBed.isLong ? step.count : Math.min(step.count, concurrency)
  const server = await context.server()
  const outcomes = await runConcurrently(count, concurrency, () => server.send({ token }))
  recordDistinct(outcomes, context)
}

/** Many different invalid tokens. A token that was verified before must stay in the cache. */
async function runFloodStep(step: StepOf<'flood'>, context: ScenarioContext): Promise<void> {
  const isOfManyIssuers = context.attack.recipe.policy === 'P-2ISS'
  const source = isOfManyIssuers ? null : new CountingKeySource(context)
  if (isOfManyIssuers) context.overrides = { issuers: withRemoteKeys(context) }
  // A cache that the flood would fill if it stored anything about rejected tokens.
  context.overrides = { ...context.overrides, cache: { max: shortFlood / 2 } }
  const token = isOfManyIssuers ? null : context.fixtures.named('good')
  await isCachedAfterRequest(token, source, context)
  const isRemembered = await isCachedAfterRequest(token, source, context)
  const before = usedHeapMiB()
  const server = await context.server()
  const outcomes = await runConcurrently(sizeOf(step.count, context), floodConcurrency, (index) => {
    return server.send({ token: floodToken(step.template, index, context) })
  })
  recordDistinct(outcomes, context)
  if (context.testBed.isLong && context.target.column === 'core') context.heapGrowthMiB = usedHeapMiB() - before
  if (isRemembered && !(await isCachedAfterRequest(token, source, context))) {
    context.problems.push('a valid token was evicted by rejected ones')
  }
  if (context.keyRequests > 0) context.problems.push('the keys of an unknown issuer were fetched')
}

function sizeOf(count: number, { testBed, target }: ScenarioContext): number {
  if (!testBed.isLong) return Math.min(count, shortFlood)
  return target.column === 'core' ? count : Math.min(count, maxOverSockets)
}

/** Counts how often the key is looked up. For a cached token, it is not looked up. */
class CountingKeySource {
  lookUps = 0

  constructor(context: ScenarioContext) {
    const key = createVerificationKey({ publicKey: context.publicJwk('rsa-1') })
    const find = () => {
      this.lookUps += 1
      return key
    }
    context.overrides = {
      ...context.overrides,
      keys: { find, has: (candidate) => candidate === key } satisfies KeySource,
    }
  }
}

/** Whether a valid token was accepted without a look-up of its key. */
async function isCachedAfterRequest(
  token: string | null,
  source: CountingKeySource | null,
  context: ScenarioContext,
): Promise<boolean> {
  if (token === null || source === null) return false
  const before = source.lookUps
  await context.expectControl({ token }, 200)
  return source.lookUps === before
}

/** The two issuers, with keys that would have to be fetched. */
function withRemoteKeys(context: ScenarioContext): unknown {
  const [options] = setupOf(context.attack.recipe, context.policyContext).auths
  const issuers = options?.['issuers'] as readonly object[]
  return issuers.map((issuer) => ({ ...issuer, keys: { jwksUrl: context.jwksUrl } }))
}

/**
 * A template with `$uuid` is signed. Other tokens get the signature of another token or a random one, which is faster
 * to create and just as invalid.
 */
function floodToken(template: TokenRecipe, index: number, { fixtures, base }: ScenarioContext): string {
  const text = JSON.stringify(template)
  if (text.includes('$uuid'))
    return fixtures.build(JSON.parse(text.replaceAll('$uuid', `flood-${index}`)) as TokenRecipe)
  const [header, , signature] = fixtures.build(template).split('.')
  const claims = Buffer.from(JSON.stringify({ ...base.claims, ...template.payload, jti: `flood-${index}` }))
  const random = randomBytes(256).toString('base64url')
  return [header, claims.toString('base64url'), index % 2 === 0 ? random : signature].join('.')
}

/** One distinct response, and how often it was sent. */
interface DistinctOutcome {
  readonly outcome: Outcome
  times: number
}

/** Sends this many requests with limited concurrency, and returns the distinct outcomes. */
async function runConcurrently(
  count: number,
  width: number,
  send: (index: number) => Promise<Outcome>,
): Promise<readonly DistinctOutcome[]> {
  const distinct = new Map<string, DistinctOutcome>()
  let next = 0
  const worker = async () => {
    while (next < count) {
      const outcome = await send(next++)
      const key = comparable(outcome)
      const entry = distinct.get(key) ?? { outcome, times: 0 }
      entry.times += 1
      distinct.set(key, entry)
    }
  }
  await Promise.all(Array.from({ length: Math.min(count, width) }, worker))
  return [...distinct.values()]
}

/** If the responses differ, all of them are judged. */
function recordDistinct(distinct: readonly DistinctOutcome[], context: ScenarioContext): void {
  if (distinct.length > 1) context.problems.push(`the requests received ${distinct.length} different responses`)
  for (const { outcome, times } of distinct) {
    context.outcomes.push(outcome)
    if (outcome.status === 200) context.extraHandled += times - 1
  }
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** The heap in use after a garbage collection, in MiB. */
function usedHeapMiB(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed / 2 ** 20
}
