import { createHmac, randomBytes } from 'node:crypto'
import type { AuthOptions } from '@claimcheck/core'
import { sendRequest } from '@claimcheck/testing/contract/raw-client'
import type { StepOf } from '../corpus/attack-case.ts'
import { coreTarget } from '../targets/core-target.ts'
import { comparable, handlerInputOf } from '../targets/attack-target.ts'
import { isRun } from '../corpus/decisions.ts'
import { basePolicy, secretPolicy } from '../targets/policies.ts'
import type { ScenarioContext, Steps } from './scenario-context.ts'

const probes: Readonly<Record<string, (context: ScenarioContext) => Promise<void>>> = {
  'CACHE-07': probeCollisions,
  'FWK-05': probeScopes,
}

/** Steps that examine more than one request. */
export const inspectionSteps = { inspect: runInspectionStep, matrix: runMatrixStep } satisfies Partial<Steps>

/** Cases that the corpus leaves to code review are tested from outside. */
async function runInspectionStep(_step: StepOf<'inspect'>, context: ScenarioContext): Promise<void> {
  const probe = probes[context.attack.id]
  if (probe === undefined) throw new Error(`${context.attack.id} has no probe`)
  await probe(context)
}

/** Every adapter must send the same bytes as core for each token of the corpus. */
async function runMatrixStep(_step: StepOf<'matrix'>, context: ScenarioContext): Promise<void> {
  const { testBed, fixtures, target, problems } = context
  for (const attack of testBed.corpus.attacks) {
    const { recipe, expected, id } = attack
    if (recipe.token === undefined || recipe.transport !== undefined || !isRun(id)) continue
    if (expected.verdict === 'reject-config' || recipe.policy?.startsWith('P-REGEX') === true) continue
    const headers = [['Authorization', `Bearer ${fixtures.ofCase(attack)}`]] as const
    const [ofCore, ofAdapter] = await Promise.all(
      [coreTarget, target].map(async (each) => {
        const { running } = await testBed.pool(each).serverOf(recipe)
        return running.send({ headers })
      }),
    )
    if (ofCore === undefined || ofAdapter === undefined) throw new Error('There must be two outcomes')
    const isSame = ofCore.status === 200 ? ofAdapter.status === 200 : comparable(ofCore) === comparable(ofAdapter)
    if (!isSame) problems.push(`${id} receives a different response than from core`)
    if (ofAdapter.status !== 200) context.outcomes.splice(0, 1, ofAdapter)
  }
}

const counts = { quick: { good: 100, forged: 200 }, long: { good: 60_000, forged: 200_000 } } as const

/**
 * Sends valid tokens, which are cached, and forged ones of the same issuer. If the cache key were a short hash of the
 * token, a forged token could match a cached one, or two valid ones could match each other. The counts of a long run
 * find a 32-bit hash in 24 of 25 runs.
 */
async function probeCollisions(context: ScenarioContext): Promise<void> {
  const { testBed, fixtures, target, problems } = context
  const isLong = testBed.isLong && target.column === 'core'
  const { good, forged } = isLong ? counts.long : counts.quick
  const policy = secretPolicy({ ...context.policyContext, onAuthError: () => undefined })
  context.setup = { ...context.setup, auths: [{ ...policy, cache: { max: good } }] }
  const server = await context.server()
  const secret = fixtures.ring.bytes('hs-1', 'k')
  for (let index = 0; index < good; index++) {
    const input = inputOf(`good-${index}`, context)
    const token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
    const outcome = await server.send({ token })
    const jti = handlerInputOf(outcome)?.claims?.['jti']
    if (jti !== `good-${index}`) problems.push(`token ${index} was mistaken for ${String(jti)}`)
  }
  for (let index = 0; index < forged; index++) {
    const token = `${inputOf(`forged-${index}`, context)}.${randomBytes(32).toString('base64url')}`
    const outcome = await server.send({ token })
    if (outcome.status !== 401) problems.push(`forged token ${index} received ${outcome.status}`)
    context.outcomes.splice(0, 1, outcome)
  }
  context.extraHandled += good
}

function inputOf(jti: string, { base }: ScenarioContext): string {
  const parts = [
    { alg: 'HS256', typ: 'at+jwt' },
    { ...base.claims, jti },
  ]
  return parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
}

/**
 * A plugin that is registered in a scope of Fastify protects this scope. A route outside of it is public. If that route
 * has a guard, it fails and never opens.
 */
async function probeScopes(context: ScenarioContext): Promise<void> {
  const [{ default: Fastify }, { jwtAuth, requireScope }] = await Promise.all([
    import('fastify'),
    import('@claimcheck/fastify'),
  ])
  const app = Fastify({ forceCloseConnections: true })
  await app.register(async (scope) => {
    await scope.register(jwtAuth, { ...(basePolicy(context.policyContext) as unknown as AuthOptions) })
    scope.get('/inside', async () => 'inside')
  })
  app.get('/beside', async () => 'beside')
  app.get('/guarded', { preHandler: requireScope('read:items') }, async () => 'guarded')
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  context.onClose(() => app.close())
  const port = Number(new URL(address).port)
  for (const [path, status] of [
    ['/inside', 401],
    ['/beside', 200],
    ['/guarded', 500],
  ] as const) {
    const response = await sendRequest(port, { path })
    if (response.status !== status) context.problems.push(`${path} responded with ${response.status}, not ${status}`)
    if (path === '/beside') context.outcomes.push({ ...response, body: response.body.toString() })
  }
  context.extraHandled -= 1
}
