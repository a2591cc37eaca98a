import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createAuth } from '@claimcheck/fastify'
import { badCredentialByCode, createTestIssuer } from '@claimcheck/testing'
import { createApp, roles } from '../src/app.ts'

const issuer = createTestIssuer()
const app = await createApp(createAuth({ ...issuer.options, roles }))
const admin = { realm_access: { roles: ['admin'] } }

describe('GET /me', () => {
  it('tells callers who they are', async () => {
    const answer = await app.inject({ url: '/me', headers: issuer.asUser('john') })
    assert.deepEqual([answer.statusCode, answer.json()], [200, { subject: 'john' }])
  })

  it('is for callers with a token', async () => {
    const answer = await app.inject('/me')
    assert.deepEqual([answer.statusCode, answer.headers['www-authenticate']], [401, 'Bearer realm="api"'])
  })

  for (const bad of ['expired', 'tampered', 'wrongAudience', 'unknownIssuer', 'revoked'] as const) {
    it(`refuses a token that is ${bad}, though it is an admin’s`, async () => {
      const answer = await app.inject({ url: '/me', headers: issuer.bad[bad](admin) })
      assert.equal(answer.statusCode, 401)
    })
  }

  for (const bad of ['keysUnavailable', 'revocationUnavailable'] as const) {
    it(`sends callers away in an outage: ${bad}`, async () => {
      const answer = await app.inject({ url: '/me', headers: issuer.bad[bad]() })
      assert.deepEqual([answer.statusCode, answer.headers['retry-after']], [503, '10'])
    })
  }

  it('lets a caller in until the token is over', async () => {
    const headers = issuer.asUser('john')
    assert.equal((await app.inject({ url: '/me', headers })).statusCode, 200)
    issuer.advanceSeconds(605)
    assert.equal((await app.inject({ url: '/me', headers })).json().code, 'token_expired')
  })

  it('lets a caller in until the token is revoked', async () => {
    const headers = issuer.asUser('john')
    assert.equal((await app.inject({ url: '/me', headers })).statusCode, 200)
    issuer.revoke(headers.token)
    assert.equal((await app.inject({ url: '/me', headers })).json().code, 'token_revoked')
  })
})

describe('DELETE /users/:id', () => {
  it('is for admins', async () => {
    const answer = await app.inject({ method: 'DELETE', url: '/users/1', headers: issuer.asUser('john', admin) })
    assert.equal(answer.statusCode, 204)
  })

  it('is for nobody else', async () => {
    const headers = issuer.asUser('jane', { realm_access: { roles: ['reader'] } })
    const answer = await app.inject({ method: 'DELETE', url: '/users/1', headers })
    assert.deepEqual([answer.statusCode, answer.json().code], [403, 'access_denied'])
  })
})

describe('GET /reports', () => {
  it('asks for a scope, and names it', async () => {
    const headers = issuer.asUser('jane', { scope: 'reports:read' })
    assert.equal((await app.inject({ url: '/reports', headers })).statusCode, 200)
    const answer = await app.inject({ url: '/reports', headers: issuer.bad.withoutScope() })
    assert.equal(answer.statusCode, 403)
    assert.match(String(answer.headers['www-authenticate']), /scope="reports:read"/)
  })

  for (const [code, bad] of Object.entries(badCredentialByCode)) {
    if (code === 'cross_site_request') continue // this API takes no cookie
    it(`is closed to ${code}`, async () => {
      const { statusCode } = await app.inject({ url: '/reports', headers: issuer.bad[bad]() })
      assert.ok(statusCode >= 400)
    })
  }
})

it('GET /health is for everybody, whatever they bring', async () => {
  assert.equal((await app.inject('/health')).statusCode, 200)
  assert.equal((await app.inject({ url: '/health', headers: issuer.bad.malformed() })).statusCode, 200)
})
