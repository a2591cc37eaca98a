import { once } from 'node:events'
import { STATUS_CODES } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { createAuth, isAuthError, toRefusal } from '@claimcheck/core'
import type { Auth } from '@claimcheck/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { ask } from '../raw-client.ts'
import type { Target } from '../target.ts'
import { answerLines } from './answer-lines.ts'
import { allowedOrigin, byCookie, cookie, handshake, ofEvilOrigin, sameOrigin } from './cookie-requests.ts'
import { accepting, as, bearer, nowSeconds } from './issuer.ts'
import type { SomeOptions } from './issuer.ts'
import { serveOneRoute } from './one-route.ts'
import { refusalLines } from './refusal-lines.ts'

const john = await as({})
const late = await as({ exp: nowSeconds - 600 })

/** A WebSocket never passes the middlewares of a framework; `auth.authenticate` takes its request as it is. */
export function upgradeContract(target: Target): void {
  const serve = async (options: SomeOptions = {}) => {
    const auth = createAuth(accepting(options))
    const { port, server, reached } = await serveOneRoute(target, { mounts: [{ auth }] })
    greetSockets(server, auth)
    return { port, reached }
  }

  describe('the upgrade to a WebSocket', () => {
    it('knows its caller by auth.authenticate', async () => {
      const { port } = await serve()
      const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers: { authorization: john[1] } })
      onTestFinished(() => socket.terminate())
      const [greeting] = await once(socket, 'message')
      expect(String(greeting)).toBe('hello john')
    })

    it.each([
      ['token_missing', []],
      ['token_expired', [late]],
      ['request_malformed', [john, john]],
      ['token_malformed', [bearer('garbage')]],
    ] as const)('is refused with the bytes of any other refusal: %s', async (code, headers) => {
      const { port, reached } = await serve()
      expect(answerLines(await ask(port, { headers: [...handshake, ...headers] }))).toEqual(refusalLines[code])
      expect(reached).toEqual([])
    })

    it('by cookie opens for the same origin and for one of the list', async () => {
      const { port } = await serve(byCookie)
      for (const telling of [{ 'Sec-Fetch-Site': 'same-origin' }, { Origin: allowedOrigin }]) {
        const headers = { Cookie: cookie[1], ...telling }
        const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers })
        onTestFinished(() => socket.terminate())
        const [greeting] = await once(socket, 'message')
        expect(String(greeting)).toBe('hello john')
      }
    })

    it.each([
      ['of nowhere', [cookie]],
      ['of another origin', [cookie, ofEvilOrigin]],
      ['of two origins', [cookie, sameOrigin, ofEvilOrigin, ofEvilOrigin]],
    ] as const)('by cookie is refused with the bytes of any other refusal: %s', async (_name, headers) => {
      const { port, reached } = await serve(byCookie)
      const answer = await ask(port, { headers: [...handshake, ...headers] })
      expect(answerLines(answer)).toEqual(refusalLines.cross_site_request)
      expect(reached).toEqual([])
    })

    it('leaves the routes to the middleware', async () => {
      const { port } = await serve()
      expect(answerLines(await ask(port))).toEqual(refusalLines.token_missing)
      expect((await ask(port, { headers: [john] })).body.toString()).toBe('john')
    })
  })
}

/** What an application writes for its sockets. */
function greetSockets(server: Server, auth: Auth): void {
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    auth.authenticate(request).then(
      (principal) =>
        sockets.handleUpgrade(request, socket, head, (opened) => opened.send(`hello ${principal.subject}`)),
      (error: unknown) =>
        socket.end(isAuthError(error) ? refusalText(error) : 'HTTP/1.1 500 Internal Server Error\r\n\r\n'),
    )
  })
}

function refusalText(error: Parameters<typeof toRefusal>[0]): string {
  const { status, headers, body } = toRefusal(error)
  const lines = Object.entries({ ...headers, Connection: 'close', 'Content-Length': String(Buffer.byteLength(body)) })
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}
