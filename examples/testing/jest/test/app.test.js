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

const ask = (path, headers, method = 'GET') => {
  return fetch(`http://127.0.0.1:${server.address().port}${path}`, { method, headers })
}
const statusOf = async (...call) => (await ask(...call)).status
const codeOf = async (...call) => (await (await ask(...call)).json()).code

describe('GET /me', () => {
  test('tells callers who they are', async () => {
    const answer = await ask('/me', issuer.asUser('john'))
    expect(await answer.json()).toEqual({ subject: 'john' })
  })

  test('is for callers with a token', async () => {
    const answer = await ask('/me')
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="api"'])
  })

  test.each(['expired', 'tampered', 'wrongAudience', 'unknownIssuer', 'revoked'])(
    'refuses a token that is %s, though it is an admin’s',
    async (bad) => {
      expect(await statusOf('/me', issuer.bad[bad]({ admin: true }))).toBe(401)
    },
  )

  test.each(['keysUnavailable', 'revocationUnavailable'])('sends callers away in an outage: %s', async (bad) => {
    const answer = await ask('/me', issuer.bad[bad]())
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '10'])
  })

  test('lets a caller in until the token is over', async () => {
    const john = issuer.asUser('john')
    expect(await statusOf('/me', john)).toBe(200)
    issuer.advanceSeconds(605)
    expect(await codeOf('/me', john)).toBe('token_expired')
  })

  test('lets a caller in until the token is revoked', async () => {
    const john = issuer.asUser('john')
    expect(await statusOf('/me', john)).toBe(200)
    issuer.revoke(john.token)
    expect(await codeOf('/me', john)).toBe('token_revoked')
  })
})

describe('DELETE /users/:id', () => {
  test('is for admins', async () => {
    expect(await statusOf('/users/1', issuer.asUser('john', { admin: true }), 'DELETE')).toBe(204)
  })

  test('is for nobody else', async () => {
    expect(await statusOf('/users/1', issuer.asUser('jane', { admin: 'yes' }), 'DELETE')).toBe(403)
    expect(await codeOf('/users/1', issuer.bad.withoutRole(), 'DELETE')).toBe('access_denied')
  })
})

describe('GET /reports', () => {
  test('asks for a scope, and names it', async () => {
    expect(await statusOf('/reports', issuer.asUser('jane', { scope: 'reports:read' }))).toBe(200)
    const answer = await ask('/reports', issuer.bad.withoutScope())
    expect(answer.status).toBe(403)
    expect(answer.headers.get('www-authenticate')).toContain('scope="reports:read"')
  })

  test.each(Object.entries(badCredentialByCode).filter(([code]) => code !== 'cross_site_request'))(
    'is closed to %s',
    async (_code, bad) => {
      expect(await statusOf('/reports', issuer.bad[bad]())).toBeGreaterThanOrEqual(400)
    },
  )
})

test('GET /health is for everybody, whatever they bring', async () => {
  expect(await statusOf('/health')).toBe(200)
  expect(await statusOf('/health', issuer.bad.malformed())).toBe(200)
})
