import { deepEqual, equal } from 'node:assert/strict'
import type { Caller } from './app-spec.ts'
import { sendRequest, requestHead } from './raw-client.ts'
import { responseLines } from './response-lines.ts'
import { authOptions, as, bearer } from './issuer.ts'
import { createLatch } from './latch.ts'
import { errorResponses } from './error-responses.ts'
import { anonymousBody, callerBody, describeCaller } from './describe-caller.ts'
import type { Suite } from './suite.ts'

const crowd = Array.from({ length: 100 }, (_, index) => ({
  subject: `caller-${index}`,
  header: as({ sub: `caller-${index}` }),
}))
const john = as({})
const garbageBody = { got: 'token_malformed', found: null, stored: null, error: 'token_malformed' }
const leftBehind = { subject: 'root', roles: ['admin'], scopes: [], claims: {} }

/** Tests that each handler receives the caller of its request, and no other caller. */
export function callerContract({ describe, it }: Suite): void {
  describe('the caller', () => {
    it('provides each of 100 concurrent requests with its own caller', async ({ serve }) => {
      const together = createLatch()
      let waiting = 0
      // Waits until all requests are here, so that they are all verified concurrently.
      const isRevoked = async ({ subject }: { subject: string | null }) => {
        waiting++
        if (waiting === crowd.length) together.open()
        await together.opened
        return subject?.endsWith('7') ?? true
      }
      const { port } = await serve({
        mounts: [{ auth: authOptions({ isRevoked }) }],
        handler: describeCaller,
      })
      const responses = await Promise.all(crowd.map(({ header }) => sendRequest(port, { headers: [header] })))
      for (const [index, { subject }] of crowd.entries()) {
        const response = responses[index]
        if (subject.endsWith('7')) deepEqual(response && responseLines(response), errorResponses.token_revoked)
        else deepEqual(JSON.parse(response?.body.toString() ?? ''), callerBody(subject))
      }
    })

    it('provides each of ten concurrent requests on one connection with its own caller', async ({ serve, connect }) => {
      const together = createLatch()
      const few = crowd.slice(0, 10)
      let waiting = 0
      const isRevoked = async () => {
        waiting++
        if (waiting === few.length) together.open()
        await together.opened
        return false
      }
      const { port } = await serve({ mounts: [{ auth: authOptions({ isRevoked }) }], handler: describeCaller })
      const connection = await connect(port)
      connection.send(few.map(({ header }) => requestHead({ headers: [header] })).join(''))
      for (const { subject } of few) {
        deepEqual(JSON.parse((await connection.readResponse()).body.toString()), callerBody(subject))
      }
    })

    it('does not provide the caller of an earlier request on the same connection', async ({ serve, connect }) => {
      const { port } = await serve({
        mounts: [{ auth: authOptions(), mode: 'attempt' }],
        handler: describeCaller,
      })
      const connection = await connect(port)
      const send = async (...headers: readonly (typeof john)[]): Promise<unknown> => {
        return JSON.parse((await connection.sendRequest({ headers })).body.toString())
      }
      deepEqual(await send(john), callerBody('john'))
      deepEqual(await send(), anonymousBody)
      deepEqual(await send(bearer('garbage')), garbageBody)
      deepEqual(await send(), anonymousBody)
    })

    it('provides the same principal by getAuth, findAuth and the property of the request', async ({ serve }) => {
      const handler = (caller: Caller) =>
        String([caller.find(), caller.stored()].every((other) => other === caller.get()))
      const { port } = await serve({ mounts: [{ auth: authOptions() }], handler })
      equal((await sendRequest(port, { headers: [john] })).body.toString(), 'true')
    })

    it('does not serialize the token of the principal, but provides it as a property', async ({ serve }) => {
      const handler = (caller: Caller) =>
        `${JSON.stringify(caller.stored()).includes('eyJ')} ${bearer(caller.get().token)[1]}`
      const { port } = await serve({ mounts: [{ auth: authOptions() }], handler })
      equal((await sendRequest(port, { headers: [john] })).body.toString(), `false ${john[1]}`)
    })
  })

  describe('a value that an earlier middleware left in place of the principal', () => {
    for (const mode of ['required', 'optional', 'attempt'] as const)
      it(`replaces the value of an earlier middleware by the principal in mode ${mode}`, async ({ serve }) => {
        const { port } = await serve({
          leftBehind,
          mounts: [{ auth: authOptions(), mode }],
          handler: describeCaller,
        })
        deepEqual(JSON.parse((await sendRequest(port, { headers: [john] })).body.toString()), callerBody('john'))
      })

    for (const [mode, headers, expected] of [
      ['optional', [], anonymousBody],
      ['attempt', [], anonymousBody],
      ['attempt', [bearer('garbage')], garbageBody],
    ] as const)
      it(`clears the value of an earlier middleware if there is no principal in mode ${mode} (${expected.error ?? 'no token'})`, async ({
        serve,
      }) => {
        const { port } = await serve({
          leftBehind,
          mounts: [{ auth: authOptions(), mode }],
          handler: describeCaller,
        })
        deepEqual(JSON.parse((await sendRequest(port, { headers })).body.toString()), expected)
      })
  })
}
