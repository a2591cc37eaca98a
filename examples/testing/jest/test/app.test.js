import { once } from 'node:events'
import { createAuth } from '@claimcheck/koa'
import { badCredentialByCode, createTestIssuer } from '@claimcheck/testing'
import { createApp, roles } from '../src/app.js'

const issuer = createTestIssuer()
const server = createApp(createAuth({ ...issuer.options, roles })).listen(0, '127.0.0.1')

beforeAll(async () => {
  if (!server.listening) await once(server, 'listening')
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

const send = (path, headers, method = 'GET') => {
  return fetch(`http://127.0.0.1:${server.address().port}${path}`, { method, headers })
}
const statusOf = async (...call) => (await send(...call)).status
const codeOf = async (...call) => (await (await send(...call)).json()).code

describe('GET /me', () => {
  test('returns the subject of the caller', async () => {
    const response = await send('/me', issuer.asUser('john'))
    expect(await response.json()).toEqual({ subject: 'john' })
  })

  test('rejects a request without a token', async () => {
    const response = await send('/me')
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="api"'])
  })

  test.each(['expired', 'tampered', 'wrongAudience', 'unknownIssuer', 'revoked'])(
    'rejects the token of an admin that is bad: %s',
    async (bad) => {
      expect(await statusOf('/me', issuer.bad[bad]({ admin: true }))).toBe(401)
    },
  )

  test.each(['keysUnavailable', 'revocationUnavailable'])('responds with 503 in an outage: %s', async (bad) => {
    const response = await send('/me', issuer.bad[bad]())
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '10'])
  })

  test('accepts a token until it expires', async () => {
    const john = issuer.asUser('john')
    expect(await statusOf('/me', john)).toBe(200)
    issuer.advanceSeconds(605)
    expect(await codeOf('/me', john)).toBe('token_expired')
  })

  test('accepts a token until it is revoked', async () => {
    const john = issuer.asUser('john')
    expect(await statusOf('/me', john)).toBe(200)
    issuer.revoke(john.token)
    expect(await codeOf('/me', john)).toBe('token_revoked')
  })
})

describe('DELETE /users/:id', () => {
  test('accepts an admin', async () => {
    expect(await statusOf('/users/1', issuer.asUser('john', { admin: true }), 'DELETE')).toBe(204)
  })

  test('rejects a caller without the role', async () => {
    expect(await statusOf('/users/1', issuer.asUser('jane', { admin: 'yes' }), 'DELETE')).toBe(403)
    expect(await codeOf('/users/1', issuer.bad.withoutRole(), 'DELETE')).toBe('access_denied')
  })
})

describe('GET /reports', () => {
  test('requires a scope, and names it in the challenge', async () => {
    expect(await statusOf('/reports', issuer.asUser('jane', { scope: 'reports:read' }))).toBe(200)
    const response = await send('/reports', issuer.bad.withoutScope())
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toContain('scope="reports:read"')
  })

  test.each(Object.entries(badCredentialByCode).filter(([code]) => code !== 'cross_site_request'))(
    'rejects bad credentials: %s',
    async (_code, bad) => {
      expect(await statusOf('/reports', issuer.bad[bad]())).toBeGreaterThanOrEqual(400)
    },
  )
})

test('GET /health is public, even with a bad token', async () => {
  expect(await statusOf('/health')).toBe(200)
  expect(await statusOf('/health', issuer.bad.malformed())).toBe(200)
})
