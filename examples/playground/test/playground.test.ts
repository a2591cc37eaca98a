import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Playground } from '../src/playground.ts'
import { adaptersMissing } from './adapters.ts'

const reason = adaptersMissing === null ? '' : ` (skipped: ${adaptersMissing})`

describe.skipIf(adaptersMissing !== null)(`the playground${reason}`, () => {
  let playground: Playground

  beforeAll(async () => {
    const { startPlayground } = await import('../src/playground.ts')
    playground = await startPlayground(0)
  })
  afterAll(async () => {
    await playground.stop()
  })

  it('responds to every caller on every path with the same response on all frameworks', async () => {
    const { createCallers, takeTour } = await import('../src/tour.ts')
    const tour = await takeTour(playground.apis, await createCallers(playground))
    expect(tour).toEqual({
      rows: [
        row('no token', '200', '401 token_missing', '401 token_missing', '401 token_missing'),
        row('garbage', '200', '401 token_malformed', '401 token_malformed', '401 token_malformed'),
        row('jane', '200', '200', '403 access_denied', '200'),
        row('john', '200', '200', '200', '403 scope_insufficient'),
        row('john, refreshed', '200', '200', '200', '403 scope_insufficient'),
        row('all logged out', '200', '401 token_revoked', '401 token_revoked', '401 token_revoked'),
        attackRow('admin: true', '401 signature_invalid'),
        attackRow('expired', '401 token_expired'),
        attackRow('alg: none', '401 algorithm_not_allowed'),
        attackRow('HS256 with the public key', '401 algorithm_not_allowed'),
        attackRow('other audience', '401 audience_not_allowed'),
        attackRow('unknown kid', '401 signature_invalid'),
        attackRow('revoked', '401 token_revoked'),
      ],
      calls: 156,
      differences: [],
    })
  })

  it('formats the tour as two tables of at most 100 columns, without colours', async () => {
    const { createCallers, formatTour, takeTour } = await import('../src/tour.ts')
    const { plain } = await import('../src/style.ts')
    const { welcome } = await import('../src/welcome.ts')
    const tour = await takeTour(playground.apis, await createCallers(playground))
    expect(formatTour(tour, plain).split('\n')).toEqual([
      '  Responses of the servers, from the calls that were just made:',
      '',
      '                    /public   /me                   /admin                /reports',
      `  ${'─'.repeat(94)}`,
      '  no token          200       401 token_missing     401 token_missing     401 token_missing',
      '  garbage           200       401 token_malformed   401 token_malformed   401 token_malformed',
      '  jane              200       200                   403 access_denied     200',
      '  john              200       200                   200                   403 scope_insufficient',
      '  john, refreshed   200       200                   200                   403 scope_insufficient',
      '  all logged out    200       401 token_revoked     401 token_revoked     401 token_revoked',
      '',
      '  Attacks, which you can repeat on the page with one click:',
      '',
      '                              /admin',
      `  ${'─'.repeat(53)}`,
      '  admin: true                 401 signature_invalid',
      '  expired                     401 token_expired',
      '  alg: none                   401 algorithm_not_allowed',
      '  HS256 with the public key   401 algorithm_not_allowed',
      '  other audience              401 audience_not_allowed',
      '  unknown kid                 401 signature_invalid',
      '  revoked                     401 token_revoked',
      '',
      '  156 calls: same status, challenge and body on all frameworks.',
      '',
    ])
    const lines = `${welcome(playground, plain)}\n${formatTour(tour, plain)}`.split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100)
  })

  it('reports a framework whose responses differ', async () => {
    const { takeTour } = await import('../src/tour.ts')
    const lenient = createServer((_request, response) => response.end('accepted'))
    await new Promise<void>((resolve) => lenient.listen(0, '127.0.0.1', resolve))
    const address = lenient.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const tour = await takeTour(
      [...playground.apis.slice(0, 1), { name: 'Other', url }],
      [{ name: 'no token', token: null, isAttack: false }],
    )
    lenient.close()
    lenient.closeAllConnections()
    expect(tour.rows).toEqual([{ caller: 'no token', isAttack: false, results: [null, null, null, null] }])
    expect(tour.differences).toContain('no token, /me:')
    expect(tour.differences).toContain('  Other     200 | - | - | accepted')
  })

  it('serves a page that loads nothing from other sites', async () => {
    const response = await fetch(playground.loginUrl)
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'self';/)
    const html = await response.text()
    for (const file of ['page.css', 'parts.css', 'result.css', 'main.js', 'icon.svg']) {
      expect(html).toContain(`"${file}"`)
      expect((await fetch(`${playground.loginUrl}/${file}`)).status).toBe(200)
    }
  })

  it('calls a route for the page, on one server or on all, and explains the response', async () => {
    const { accessToken: token } = await tokensOf('/login', { user: 'john', lifetime: 'brief' })
    const tried = await (await post('/try', { server: '', path: '/reports', token })).json()
    expect(tried).toMatchObject({
      responses: ['Express', 'Fastify', 'Koa'].map((name) => ({ name, status: 403, reason: 'Forbidden' })),
      explanation: { code: 'scope_insufficient', status: 403 },
    })
    const one = await (await post('/try', { server: 'Koa', path: '/public', token: '' })).json()
    expect(one).toMatchObject({ responses: [{ name: 'Koa', status: 200 }], explanation: null })
  })

  it('rejects requests with another host name or from another site or port', async () => {
    const { port } = new URL(playground.loginUrl)
    const statusFor = async (headers: OutgoingHttpHeaders, method = 'POST') => {
      const request = httpRequest({ host: '127.0.0.1', port, path: '/login', method, headers })
      request.end('{"user":"john"}')
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      response.resume()
      return response.statusCode
    }
    expect(await statusFor({ host: `localhost:${port}` })).toBe(200)
    expect(await statusFor({ host: `evil.example:${port}` })).toBe(403)
    expect(await statusFor({ host: `evil.example:${port}` }, 'GET')).toBe(403)
    expect(await statusFor({ host: '127.0.0.1:1' })).toBe(403)
    expect(await statusFor({ 'sec-fetch-site': 'same-origin' })).toBe(200)
    for (const site of ['same-site', 'cross-site']) expect(await statusFor({ 'sec-fetch-site': site })).toBe(403)
  })

  it('explains why it cannot make a call', async () => {
    for (const [body, status] of [
      ['{', 400],
      ['5', 400],
      ['', 400],
      ['x'.repeat(100_001), 413],
    ] as const) {
      const response = await fetch(`${playground.loginUrl}/try`, { method: 'POST', body })
      expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json'])
      expect(await response.text()).not.toMatch(/node_modules|SyntaxError/)
    }
    const long = await post('/try', { server: '', path: '/me', token: 'a'.repeat(15_001) })
    expect([long.status, await long.json()]).toMatchObject([400, { detail: expect.stringMatching(/15000/) as unknown }])
    const unsendable = await post('/try', { server: '', path: '/me', token: 'a\nb' })
    expect([unsendable.status, await unsendable.json()]).toMatchObject([
      400,
      { detail: expect.stringMatching(/header/) as unknown },
    ])
    const nowhere = await post('/try', { server: 'Hapi', path: '/me', token: '' })
    expect([nowhere.status, await nowhere.json()]).toMatchObject([
      400,
      { detail: expect.stringMatching(/Express, Fastify, Koa/) as unknown },
    ])
  })

  it('issues a token with the claims of john, its issuer and its audience', async () => {
    const response = await logIn('{"user":"john"}')
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const { accessToken, refreshToken, expiresIn } = (await response.json()) as Tokens
    const [header, claims] = accessToken
      .split('.')
      .slice(0, 2)
      .map((part): unknown => JSON.parse(Buffer.from(part, 'base64url').toString()))
    const { iat, jti, sid } = claims as { iat: number; jti: string; sid: string }
    expect(header).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
    expect(Math.abs(Date.now() / 1000 - iat)).toBeLessThan(60)
    expect(claims).toEqual({
      sub: '1234567890',
      name: 'John Doe',
      admin: true,
      iss: 'https://login.example',
      aud: 'https://api.example',
      client_id: 'playground',
      iat,
      exp: iat + 300,
      jti,
      sid,
    })
    expect([expiresIn, refreshToken.length]).toEqual([300, 64])
  })

  it('refreshes tokens, lists sessions, and ends one or all sessions immediately', async () => {
    const [one, other] = [await tokensOf('/login', { user: 'jane' }), await tokensOf('/login', { user: 'jane' })]
    const next = await tokensOf('/refresh', { refreshToken: one.refreshToken })
    expect(await statusesOf(next)).toEqual([200, 200, 200])
    const sessions = async () => {
      const response = await fetch(`${playground.loginUrl}/sessions`, { headers: bearer(other) })
      return ((await response.json()) as readonly object[]).length
    }
    const before = await sessions()
    expect((await post('/logout', { refreshToken: next.refreshToken })).status).toBe(204)
    expect(await statusesOf(next)).toEqual([401, 401, 401])
    expect(await statusesOf(one)).toEqual([401, 401, 401])
    expect(await statusesOf(other)).toEqual([200, 200, 200])
    expect(await sessions()).toBe(before - 1)
    const ended = await fetch(`${playground.loginUrl}/sessions`, { method: 'DELETE', headers: bearer(other) })
    expect(ended.status).toBe(204)
    expect(await statusesOf(other)).toEqual([401, 401, 401])
    const response = await post('/refresh', { refreshToken: other.refreshToken })
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'The refresh token is not valid' },
    ])
  })

  it('publishes its metadata and keys for APIs in other processes', async () => {
    const metadata = await fetch(`${playground.loginUrl}/.well-known/openid-configuration`)
    const { issuer, jwks_uri: uri } = (await metadata.json()) as { issuer: string; jwks_uri: string }
    expect([issuer, metadata.headers.get('cache-control')]).toEqual(['https://login.example', 'public, max-age=300'])
    const jwks = await fetch(playground.loginUrl + new URL(uri).pathname)
    expect(jwks.headers.get('content-type')).toBe('application/jwk-set+json')
    expect(await jwks.json()).toMatchObject({ keys: [{ kty: 'EC', alg: 'ES256' }] })
  })

  it.each([
    ['invalid JSON', 'user=john', 400, 'The body must be JSON with the name of a user: {"user":"john"}'],
    ['an empty body', '', 400, 'The body must be JSON with the name of a user: {"user":"john"}'],
    ['a body without a user', '{"name":"john"}', 400, 'The body must be JSON with the name of a user: {"user":"john"}'],
    ['an unknown user', '{"user":"bob"}', 400, 'Unknown user. The users are john and jane'],
    ['the name of an inherited property', '{"user":"constructor"}', 400, 'Unknown user. The users are john and jane'],
    ['a long body', 'x'.repeat(100_000), 413, 'The body must be shorter than 1024 bytes'],
  ])('responds with a problem document to a login with %s', async (_what, body, status, detail) => {
    const response = await logIn(body)
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json'])
    expect(await response.json()).toMatchObject({ type: 'about:blank', status, detail })
  })

  it('responds with a problem document to another method or path', async () => {
    const get = await fetch(`${playground.loginUrl}/login`)
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
    expect(await get.json()).toMatchObject({ title: 'Method Not Allowed', detail: 'Use POST for /login' })
    const elsewhere = await fetch(`${playground.loginUrl}/nowhere`)
    expect(elsewhere.status).toBe(404)
    expect(await elsewhere.json()).toMatchObject({
      detail: expect.stringMatching(/^Not found\. The routes are/) as unknown,
    })
  })

  it('reports which port is in use, and does not keep the other ports', async () => {
    const { startPlayground } = await import('../src/playground.ts')
    const { PortsError } = await import('../src/server.ts')
    const port = Number(new URL(playground.loginUrl).port)
    const outcome = await startPlayground(port).catch((error: unknown) => error)
    expect(outcome).toBeInstanceOf(PortsError)
    expect(String(outcome)).toMatch(new RegExp(`Port ${port} is in use\\.[^]*\\n  PORT=5000 npm start$`))
  })

  function logIn(body: string): Promise<Response> {
    return fetch(`${playground.loginUrl}/login`, { method: 'POST', body })
  }

  function post(path: string, body: object): Promise<Response> {
    return fetch(playground.loginUrl + path, { method: 'POST', body: JSON.stringify(body) })
  }

  async function tokensOf(path: string, body: object): Promise<Tokens> {
    return (await (await post(path, body)).json()) as Tokens
  }

  async function statusesOf(tokens: Tokens): Promise<readonly number[]> {
    const calls = playground.apis.map(async ({ url }) => fetch(`${url}/me`, { headers: bearer(tokens) }))
    return (await Promise.all(calls)).map(({ status }) => status)
  }
})

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresIn: number
}

function bearer({ accessToken }: Tokens) {
  return { Authorization: `Bearer ${accessToken}` }
}

function row(caller: string, ...results: readonly string[]) {
  return { caller, isAttack: false, results }
}

/** An attack has the same result on every route that requires a token. */
function attackRow(caller: string, result: string) {
  return { caller, isAttack: true, results: ['200', result, result, result] }
}
