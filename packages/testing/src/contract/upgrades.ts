import { deepEqual, equal } from 'node:assert/strict'
import { STATUS_CODES } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { createAuth, isAuthError, toErrorResponse } from '@claimcheck/core'
import type { Auth } from '@claimcheck/core'
import { responseLines } from './response-lines.ts'
import { allowedOrigin, byCookie, cookie, handshake, ofEvilOrigin, sameOrigin } from './cookie-requests.ts'
import { authOptions, as, bearer, nowSeconds } from './issuer.ts'
import type { SomeOptions } from './issuer.ts'
import { sendRequest } from './raw-client.ts'
import { errorResponses } from './error-responses.ts'
import type { ContractTest, Suite } from './suite.ts'

const john = as({})
const late = as({ exp: nowSeconds - 600 })

/** Tests WebSocket upgrades. They skip the framework's middleware, so the application calls `auth.authenticate`. */
export function upgradeContract({ describe, it }: Suite): void {
  const start = async ({ serve }: ContractTest, options: SomeOptions = {}) => {
    const auth = createAuth(authOptions(options))
    const { port, server, reached } = await serve({ mounts: [{ auth }] })
    handleUpgrades(server, auth)
    return { port, reached }
  }

  describe('the upgrade to a WebSocket', () => {
    it('opens a WebSocket for a caller that auth.authenticate accepts', async (test) => {
      const { port } = await start(test)
      const connection = await test.connect(port)
      equal((await connection.sendRequest({ headers: [...handshake, john] })).status, 101)
      equal(await connection.text('hello john'.length), 'hello john')
    })

    for (const [code, headers] of [
      ['token_missing', []],
      ['token_expired', [late]],
      ['request_malformed', [john, john]],
      ['token_malformed', [bearer('garbage')]],
    ] as const) {
      it(`rejects a WebSocket with the same bytes as any request: ${code}`, async (test) => {
        const { port, reached } = await start(test)
        deepEqual(responseLines(await sendRequest(port, { headers: [...handshake, ...headers] })), errorResponses[code])
        deepEqual(reached, [])
      })
    }

    it('opens a WebSocket with a cookie for the same origin and for an allowed origin', async (test) => {
      const { port } = await start(test, byCookie)
      for (const originLine of [sameOrigin, ['Origin', allowedOrigin]] as const) {
        const connection = await test.connect(port)
        equal((await connection.sendRequest({ headers: [...handshake, cookie, originLine] })).status, 101)
        equal(await connection.text('hello john'.length), 'hello john')
      }
    })

    for (const [name, headers] of [
      ['without an origin', [cookie]],
      ['from another origin', [cookie, ofEvilOrigin]],
      ['from two origins', [cookie, sameOrigin, ofEvilOrigin, ofEvilOrigin]],
    ] as const) {
      it(`rejects a WebSocket with a cookie with the same bytes as any request: ${name}`, async (test) => {
        const { port, reached } = await start(test, byCookie)
        const response = await sendRequest(port, { headers: [...handshake, ...headers] })
        deepEqual(responseLines(response), errorResponses.cross_site_request)
        deepEqual(reached, [])
      })
    }

    it('still authenticates other requests with the middleware', async (test) => {
      const { port } = await start(test)
      deepEqual(responseLines(await sendRequest(port)), errorResponses.token_missing)
      equal((await sendRequest(port, { headers: [john] })).body.toString(), 'john')
    })
  })
}

/** The upgrade handler of an application. It sends a line of text in place of frames. */
function handleUpgrades(server: Server, auth: Auth): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    auth.authenticate(request).then(
      ({ subject }) => socket.end(`${switching}hello ${subject}`),
      (error: unknown) =>
        socket.end(isAuthError(error) ? responseText(error) : 'HTTP/1.1 500 Internal Server Error\r\n\r\n'),
    )
  })
}

const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'

function responseText(error: Parameters<typeof toErrorResponse>[0]): string {
  const { status, headers, body } = toErrorResponse(error)
  const lines = Object.entries({ ...headers, Connection: 'close', 'Content-Length': String(Buffer.byteLength(body)) })
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}
