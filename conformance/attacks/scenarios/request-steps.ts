import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Principal } from '@claimcheck/core'
import { json } from '../../providers/behaviours.ts'
import { until } from '../../providers/outcome.ts'
import { createLatch } from '@claimcheck/testing/contract/latch'
import type { Answer } from '@claimcheck/testing/contract/answer'
import { RawConnection, requestHead } from '@claimcheck/testing/contract/raw-client'
import type { StepOf } from '../corpus/scenario-step.ts'
import { comparable, seenIn } from '../servers/outcome.ts'
import type { Outcome } from '../servers/outcome.ts'
import { tokenOf } from './named-tokens.ts'
import type { Steps } from './steps.ts'
import type { ScenarioContext } from './world.ts'

type RequestStep = StepOf<'request'>

const nestedRoles = ['reader']

/** Steps in which somebody asks. */
export const requestSteps = { request: takeRequest, 'request-abort': takeAbort } satisfies Partial<Steps>

/** One request, and what the step expects of its answer. */
async function takeRequest(step: RequestStep, world: ScenarioContext): Promise<void> {
  if (step.optional === true) world.setup = { ...world.setup, mode: 'optional' }
  world.handle = (principal) => mutate(principal, step)
  const outcome = step.bodyBytes === undefined ? await askStep(step, world) : await askBeforeBody(step.bodyBytes, world)
  if (outcome === null) return
  if (step.expect !== undefined && outcome.status !== step.expect) {
    world.problems.push(`a step was answered by ${outcome.status}, not ${step.expect}`)
  }
  if (step.expectClaims !== undefined) expectClaims(step.expectClaims, outcome, world)
  if (step.expectNestedUnchanged === true) expectNested(outcome, world)
}

async function askStep(step: RequestStep, world: ScenarioContext): Promise<Outcome | null> {
  if (step.token === 'expired-between') return askAfterTheClockWasPutRight(world)
  const token = tokenOf(step.handlerMutatesNested === true ? withNestedRoles : (step.token ?? 'none'), world)
  const options = step.verifier === undefined ? {} : { audience: `https://${step.verifier.toLowerCase()}.example` }
  return world.ask(token === null ? {} : { token }, step.verifier, options)
}

const withNestedRoles = { payload: { roles: nestedRoles, realm_access: { roles: nestedRoles } } }

/** A token that was verified while the clock was behind is over when the clock, put right, says so. */
async function askAfterTheClockWasPutRight(world: ScenarioContext): Promise<Outcome | null> {
  const exp = world.clock.time / 1000 + 600
  const token = world.shelf.withClaims({ exp })
  await world.expectControl({ token }, 200)
  world.clock.time = (exp + 5) * 1000
  return world.ask({ token })
}

/** The answer must come though most of the body is still on its way: to where a route is, and to where none is. */
async function askBeforeBody(bodyBytes: number, world: ScenarioContext): Promise<Outcome> {
  const { app } = await world.server()
  if (app === null) throw new Error('Core has no bodies')
  for (const path of ['/', '/nowhere']) {
    const connection = await RawConnection.open(app.port)
    try {
      const body = JSON.stringify('x'.repeat(bodyBytes))
      connection.send(requestHead({ method: 'POST', path, headers: [['Content-Type', 'application/json']], body }))
      connection.send(body.slice(0, 1000))
      const answers: Answer[] = []
      void connection.answer('POST').then((answer) => answers.push(answer))
      await until(() => answers.length > 0)
      world.outcomes.push(...answers.map((answer) => ({ ...answer, body: answer.body.toString() })))
    } finally {
      connection.destroy()
    }
  }
  const last = world.outcomes.at(-1)
  if (last === undefined || world.outcomes.some((outcome) => comparable(outcome) !== comparable(last))) {
    throw new Error('It is answered otherwise where no route is')
  }
  return last
}

/** What a careless handler does to its caller; frozen claims throw, and the handler goes on. */
function mutate(principal: Principal | null, { handlerMutates, handlerMutatesNested }: RequestStep): void {
  if (principal === null) return
  const claims: Record<string, unknown> = principal.claims
  const roles: string[] = principal.roles as string[]
  if (handlerMutates !== undefined) {
    for (const [name, value] of Object.entries(handlerMutates)) attempt(() => (claims[name] = value))
    attempt(() => roles.push('admin'))
  }
  if (handlerMutatesNested === true) {
    const { realm_access: access } = claims as { readonly realm_access: { readonly roles: string[] } }
    attempt(() => access.roles.push('admin'))
    attempt(() => roles.push('admin'))
  }
}

function attempt(change: () => unknown): void {
  try {
    change()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
}

function expectClaims(
  expected: Readonly<Record<string, unknown>> | null,
  outcome: Outcome,
  world: ScenarioContext,
): void {
  const seen = seenIn(outcome)
  if (seen === null) return
  const { claims, roles, stored } = seen
  if (expected === null) {
    if (claims !== null || stored) world.problems.push('the handler was given a caller that nobody verified')
    return
  }
  for (const [name, value] of Object.entries(expected)) {
    if (claims?.[name] !== value) world.problems.push(`the handler saw another ${name}`)
  }
  if (roles.length > 0) world.problems.push('the handler saw roles that another request added')
}

function expectNested(outcome: Outcome, world: ScenarioContext): void {
  const seen = seenIn(outcome)
  const found = JSON.stringify([seen?.claims?.['realm_access'], seen?.roles])
  if (found !== JSON.stringify([{ roles: nestedRoles }, nestedRoles])) world.problems.push(`they became ${found}`)
}

/** A client that goes away while the keys for its token are fetched: nothing breaks, and the next one is served. */
async function takeAbort(_step: StepOf<'request-abort'>, world: ScenarioContext): Promise<void> {
  const token = world.shelf.named('good')
  const keysMayCome = createLatch()
  const good = json({ keys: [world.publicJwk('rsa-1')] })
  world.serve((response, request) => void keysMayCome.opened.then(() => good(response, request)))
  const { app } = await world.server()
  if (app === null) throw new Error('Core has no connections')
  const accepted = once(app.server, 'connection') as Promise<[Socket]>
  const connection = await RawConnection.open(app.port)
  const [socket] = await accepted
  connection.send(requestHead({ headers: [['Authorization', `Bearer ${token}`]] }))
  await until(() => world.timesKeysAsked === 1)
  connection.destroy()
  await once(socket, 'close')
  keysMayCome.open()
  await world.expectControl({ token }, 200)
  // Whether a lost request still reaches the handler is left to the framework.
  world.handledElsewhere = world.handled - 1
  if (world.timesKeysAsked !== 1) world.problems.push('the keys that the lost request fetched were fetched again')
}
