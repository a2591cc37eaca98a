import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Principal } from '@claimcheck/core'
import { createLatch } from '@claimcheck/testing/contract/latch'
import type { HttpResponse } from '@claimcheck/testing/contract/response'
import { RawConnection, requestHead } from '@claimcheck/testing/contract/raw-client'
import { json } from '../../src/hostile-key-server.ts'
import { until } from '../../src/outcome.ts'
import type { StepOf } from '../corpus/attack-case.ts'
import { comparable, handlerInputOf } from '../targets/attack-target.ts'
import type { Outcome } from '../targets/attack-target.ts'
import { tokenOf } from './step-tokens.ts'
import type { ScenarioContext, Steps } from './scenario-context.ts'

type RequestStep = StepOf<'request'>

const nestedRoles = ['reader']

/** Steps that send requests. */
export const requestSteps = { request: runRequestStep, 'request-abort': runAbortStep } satisfies Partial<Steps>

/** Sends one request and checks what the step expects. */
async function runRequestStep(step: RequestStep, context: ScenarioContext): Promise<void> {
  if (step.optional === true) context.setup = { ...context.setup, mode: 'optional' }
  context.handle = (principal) => mutate(principal, step)
  const outcome =
    step.bodyBytes === undefined ? await sendStep(step, context) : await sendPartialBody(step.bodyBytes, context)
  if (outcome === null) return
  if (step.expect !== undefined && outcome.status !== step.expect) {
    context.problems.push(`a step received ${outcome.status}, not ${step.expect}`)
  }
  if (step.expectClaims !== undefined) expectClaims(step.expectClaims, outcome, context)
  if (step.expectNestedUnchanged === true) expectNested(outcome, context)
}

async function sendStep(step: RequestStep, context: ScenarioContext): Promise<Outcome | null> {
  if (step.token === 'expired-between') return sendAfterClockCorrection(context)
  const token = tokenOf(step.handlerMutatesNested === true ? withNestedRoles : (step.token ?? 'none'), context)
  const options = step.verifier === undefined ? {} : { audience: `https://${step.verifier.toLowerCase()}.example` }
  return context.send(token === null ? {} : { token }, step.verifier, options)
}

const withNestedRoles = { payload: { roles: nestedRoles, realm_access: { roles: nestedRoles } } }

/** A token that was verified with a clock that is behind has expired when the clock is corrected. */
async function sendAfterClockCorrection(context: ScenarioContext): Promise<Outcome | null> {
  const exp = context.clock.time / 1000 + 600
  const token = context.fixtures.withClaims({ exp })
  await context.expectControl({ token }, 200)
  context.clock.time = (exp + 5) * 1000
  return context.send({ token })
}

/** The response must arrive before the body was sent completely, for a route that exists and for one that does not. */
async function sendPartialBody(bodyBytes: number, context: ScenarioContext): Promise<Outcome> {
  const { app } = await context.server()
  if (app === null) throw new Error('Core reads no bodies')
  for (const path of ['/', '/nowhere']) {
    const connection = await RawConnection.open(app.port)
    try {
      const body = JSON.stringify('x'.repeat(bodyBytes))
      connection.send(requestHead({ method: 'POST', path, headers: [['Content-Type', 'application/json']], body }))
      connection.send(body.slice(0, 1000))
      const responses: HttpResponse[] = []
      void connection.readResponse('POST').then((response) => responses.push(response))
      await until(() => responses.length > 0)
      context.outcomes.push(...responses.map((response) => ({ ...response, body: response.body.toString() })))
    } finally {
      connection.destroy()
    }
  }
  const last = context.outcomes.at(-1)
  if (last === undefined || context.outcomes.some((outcome) => comparable(outcome) !== comparable(last))) {
    throw new Error('The response differs if there is no route')
  }
  return last
}

/** Changes the caller as a careless handler would. Frozen claims throw, and the handler continues. */
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
  context: ScenarioContext,
): void {
  const seen = handlerInputOf(outcome)
  if (seen === null) return
  const { claims, roles, stored } = seen
  if (expected === null) {
    if (claims !== null || stored) context.problems.push('the handler received a caller that was not verified')
    return
  }
  for (const [name, value] of Object.entries(expected)) {
    if (claims?.[name] !== value) context.problems.push(`the handler received another ${name}`)
  }
  if (roles.length > 0) context.problems.push('the handler received roles that another request added')
}

function expectNested(outcome: Outcome, context: ScenarioContext): void {
  const seen = handlerInputOf(outcome)
  const found = JSON.stringify([seen?.claims?.['realm_access'], seen?.roles])
  if (found !== JSON.stringify([{ roles: nestedRoles }, nestedRoles]))
    context.problems.push(`the nested roles became ${found}`)
}

/**
 * A client disconnects while the keys for its token are fetched. The server must keep working and serve the next
 * client.
 */
async function runAbortStep(_step: StepOf<'request-abort'>, context: ScenarioContext): Promise<void> {
  const token = context.fixtures.named('good')
  const keysLatch = createLatch()
  const good = json({ keys: [context.publicJwk('rsa-1')] })
  context.serve((response, request) => void keysLatch.opened.then(() => good(response, request)))
  const { app } = await context.server()
  if (app === null) throw new Error('Core has no connections')
  const accepted = once(app.server, 'connection') as Promise<[Socket]>
  const connection = await RawConnection.open(app.port)
  const [socket] = await accepted
  connection.send(requestHead({ headers: [['Authorization', `Bearer ${token}`]] }))
  await until(() => context.keyRequests === 1)
  connection.destroy()
  await once(socket, 'close')
  keysLatch.open()
  await context.expectControl({ token }, 200)
  // The framework decides if an aborted request still reaches the handler.
  context.extraHandled = context.handled - 1
  if (context.keyRequests !== 1) context.problems.push('the keys of the aborted request were fetched again')
}
