import { SignJWT } from 'jose'
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeHere } from '../harness/describe-here.ts'
import { honoOptions } from '../entries/hono-options.ts'
import { startServer } from '../harness/script.ts'
import { startWorker } from '../harness/worker.ts'

interface Server {
  readonly port: number
  stop(): Promise<void>
}

const servers: readonly (readonly [name: string, start: () => Promise<Server>])[] = [
  ['workerd', () => startWorker('hono-worker')],
  ['workerd with nodejs_compat', () => startWorker('hono-worker', { nodeCompat: true })],
  ['Bun', () => startServer('bun', 'hono-script')],
  ['Deno', () => startServer('deno', 'hono-script', { permissions: ['--allow-net=127.0.0.1'] })],
]

const good = `Authorization: Bearer ${await sign({})}`
const admin = `Authorization: Bearer ${await sign({ roles: ['admin'] })}`
const forged = `${good.slice(0, -8)}AAAAAAAA`
const basic = 'Authorization: Basic dXNlcjpwYXNz'
const cookie = `Cookie: __Host-access=${await sign({})}`

async function sign(claims: object): Promise<string> {
  return new SignJWT({ sub: 'user-1', iss: honoOptions.issuer, aud: honoOptions.audience, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime('10 minutes')
    .sign(new TextEncoder().encode(honoOptions.keys.secret))
}

describeHere.each(servers)('the adapter of examples/hono in %s', (_name, start) => {
  let server: Server
  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server.stop())

  it.each([
    ['a request without a token', 'GET /users', [], 401, 'token_missing'],
    ['a good token', 'GET /users', [good], 200, 'user-1'],
    ['a forged token', 'GET /users', [forged], 401, 'signature_invalid'],
    ['a caller without the role', 'DELETE /users', [good], 403, 'access_denied'],
    ['a caller with the role', 'DELETE /users', [admin], 200, 'user-1'],
    ['a request without a token where it is optional', 'GET /optional', [], 200, null],
    ['another scheme where a token is optional', 'GET /optional', [basic], 200, null],
    ['a good token where it is optional', 'GET /optional', [good], 200, 'user-1'],
    ['a forged token where it is optional', 'GET /optional', [forged], 401, 'signature_invalid'],
    ['two tokens', 'GET /users', [good, admin], 400, 'request_malformed'],
    ['another scheme in front of a token', 'GET /optional', [basic, good], 400, 'request_malformed'],
    ['another scheme behind a token', 'GET /optional', [good, basic], 400, 'request_malformed'],
    ['a token in a cookie', 'GET /cookie', [cookie], 200, 'user-1'],
    ['two cookies of one name', 'GET /cookie', [cookie, cookie], 400, 'request_malformed'],
  ] as const)('responds to %s', async (_name, line, headers, status, outcome) => {
    expect(await send(server.port, line, headers)).toEqual([status, outcome])
  })

  it('never takes a token in a second Cookie header for none', async () => {
    const response = await send(server.port, 'GET /cookie', ['Cookie: theme=dark', cookie])
    expect([
      [200, 'user-1'],
      [400, 'request_malformed'],
    ]).toContainEqual(response)
  })

  it('responds to a guard without jwtAuth with 500', async () => {
    const [status] = await send(server.port, 'GET /bug', [good])
    expect(status).toBe(500)
  })
})

/** Sends each header on a separate line, which `fetch` does not, and reads the status and the subject or code. */
async function send(port: number, line: string, lines: readonly string[]): Promise<readonly [number, unknown]> {
  const [method = '', path = ''] = line.split(' ')
  const headers = ['Host: api.test', ...lines].flatMap((header) => header.split(': '))
  const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const body = await text(response)
  const { code, subject } = (body.startsWith('{') ? JSON.parse(body) : {}) as { code?: string; subject?: string }
  return [response.statusCode ?? 0, code ?? subject]
}
