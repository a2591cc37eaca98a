import { deepEqual, equal } from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { hasRole } from '@claimcheck/core'
import { headerValues } from './response.ts'
import { sendRequest, requestHead } from './raw-client.ts'
import { responseLines } from './response-lines.ts'
import { authOptions, as, bearer } from './issuer.ts'
import { createLatch } from './latch.ts'
import { errorResponses } from './error-responses.ts'
import type { Suite } from './suite.ts'

const john = as({})
const megabyte = Buffer.alloc(1024 * 1024, 'x')
const plain = { mounts: [{ auth: authOptions() }] }
const withoutBody = (lines: readonly string[]) => [...lines.slice(0, -1), '']

/** Tests other methods and paths, and the connection after a rejected request. */
export function connectionContract({ describe, it }: Suite): void {
  describe('methods and paths', () => {
    it('rejects HEAD with the headers of GET and no body', async ({ serve, connect }) => {
      const { port, reached } = await serve(plain)
      const connection = await connect(port)
      deepEqual(
        responseLines(await connection.sendRequest({ method: 'HEAD' })),
        withoutBody(errorResponses.token_missing),
      )
      deepEqual(
        responseLines(await connection.sendRequest({ method: 'HEAD', headers: [bearer('garbage')] })),
        withoutBody(errorResponses.token_malformed),
      )
      deepEqual(reached, [])
      equal((await connection.sendRequest({ method: 'HEAD', headers: [john] })).status, 200)
    })

    for (const method of ['OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'])
      it(`rejects ${method} without a token`, async ({ serve }) => {
        const { port, reached } = await serve(plain)
        deepEqual(responseLines(await sendRequest(port, { method })), errorResponses.token_missing)
        deepEqual(reached, [])
      })

    it('does not reveal without a token which paths exist', async ({ serve }) => {
      const { port } = await serve(plain)
      deepEqual(responseLines(await sendRequest(port, { path: '/nowhere' })), errorResponses.token_missing)
      deepEqual(
        responseLines(await sendRequest(port, { path: '/nowhere', headers: [bearer('garbage')] })),
        errorResponses.token_malformed,
      )
    })

    it('sends the 404 of the framework to a verified caller', async ({ serve }) => {
      const { port } = await serve(plain)
      const response = await sendRequest(port, { path: '/nowhere', headers: [john] })
      deepEqual([response.status, headerValues(response, 'www-authenticate')], [404, []])
    })
  })

  describe('a connection after a rejected request', () => {
    it('handles the next request after a rejected one', async ({ serve, connect }) => {
      const { port } = await serve({ ...plain, guards: [hasRole('admin')] })
      const admin = as({ sub: 'root', admin: true })
      const connection = await connect(port)
      for (const [headers, code] of [
        [[], 'token_missing'],
        [[bearer('garbage')], 'token_malformed'],
        [[john, john], 'request_malformed'],
        [[john], 'access_denied'],
      ] as const) {
        deepEqual(responseLines(await connection.sendRequest({ headers })), errorResponses[code])
        equal((await connection.sendRequest({ headers: [admin] })).body.toString(), 'root')
      }
    })

    it('responds to pipelined requests in order, each for its own caller', async ({ serve, connect }) => {
      const { port } = await serve(plain)
      const connection = await connect(port)
      connection.send(
        requestHead({}) + requestHead({ headers: [john] }) + requestHead({ headers: [bearer('garbage')] }),
      )
      deepEqual(responseLines(await connection.readResponse()), errorResponses.token_missing)
      equal((await connection.readResponse()).body.toString(), 'john')
      deepEqual(responseLines(await connection.readResponse()), errorResponses.token_malformed)
    })

    it('handles the next request after a rejected request with a large body', async ({ serve, connect }) => {
      const { port } = await serve(plain)
      const connection = await connect(port)
      deepEqual(
        responseLines(await connection.sendRequest({ method: 'POST', body: megabyte })),
        errorResponses.token_missing,
      )
      equal((await connection.sendRequest({ headers: [john] })).body.toString(), 'john')
    })

    it('rejects a request before its body has arrived, and handles the next one after it', async ({
      serve,
      connect,
    }) => {
      const { port } = await serve(plain)
      const connection = await connect(port)
      connection.send(requestHead({ method: 'POST', body: megabyte }))
      connection.send(megabyte.subarray(0, 1000))
      deepEqual(responseLines(await connection.readResponse('POST')), errorResponses.token_missing)
      connection.send(megabyte.subarray(1000))
      equal((await connection.sendRequest({ headers: [john] })).body.toString(), 'john')
    })
  })

  describe('a client that disconnects during verification', () => {
    for (const [name, outcome] of [
      ['is accepted', false],
      ['is rejected', true],
      ['cannot be verified', 'broken'],
    ] as const)
      it(`causes no unhandled rejection if the client disconnects and its request ${name}`, async ({
        serve,
        connect,
        watchUnhandledRejections,
      }) => {
        const unhandled = watchUnhandledRejections()
        const called = createLatch()
        const result = createLatch()
        let isFirst = true
        const isRevoked = async () => {
          if (!isFirst) return false
          isFirst = false
          called.open()
          await result.opened
          return outcome as boolean
        }
        const { port, server } = await serve({ mounts: [{ auth: authOptions({ isRevoked }) }] })
        const accepted = once(server, 'connection') as Promise<[Socket]>
        const connection = await connect(port)
        const [socket] = await accepted
        connection.send(requestHead({ headers: [john] }))
        await called.opened
        connection.destroy()
        await once(socket, 'close')
        result.open()
        equal((await sendRequest(port, { headers: [john] })).body.toString(), 'john')
        deepEqual(unhandled, [])
      })
  })
}
