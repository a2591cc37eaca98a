import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createAuth } from '@claimcheck/fastify'
import { badCredentialByCode, createTestIssuer } from '@claimcheck/testing'
import { createApp, roles } from '../src/app.ts'

const issuer = createTestIssuer()
const app = await createApp(createAuth({ ...issuer.options, roles }))
const admin = { realm_access: { roles: ['admin'] } }

describe('GET /me', () => {
  it('returns the subject of the caller', async () => {
    const response = await app.inject({ url: '/me', headers: issuer.asUser('john') })
    assert.deepEqual([response.statusCode, response.json()], [200, { subject: 'john' }])
  })

  it('rejects a request without a token', async () => {
    const response = await app.inject('/me')
    assert.deepEqual([response.statusCode, response.headers['www-authenticate']], [401, 'Bearer realm="api"'])
  })

  for (const bad of ['expired', 'tampered', 'wrongAudience', 'unknownIssuer', 'revoked'] as const) {
    it(`rejects the token of an admin that is bad: ${bad}`, async () => {
      const response = await app.inject({ url: '/me', headers: issuer.bad[bad](admin) })
      assert.equal(response.statusCode, 401)
    })
  }

  for (const bad of ['keysUnavailable', 'revocationUnavailable'] as const) {
    it(`responds with 503 in an outage: ${bad}`, async () => {
      const response = await app.inject({ url: '/me', headers: issuer.bad[bad]() })
      assert.deepEqual([response.statusCode, response.headers['retry-after']], [503, '10'])
    })
  }

  it('accepts a token until it expires', async () => {
    const headers = issuer.asUser('john')
    assert.equal((await app.inject({ url: '/me', headers })).statusCode, 200)
    issuer.advanceSeconds(605)
    assert.equal((await app.inject({ url: '/me', headers })).json().code, 'token_expired')
  })

  it('accepts a token until it is revoked', async () => {
    const headers = issuer.asUser('john')
    assert.equal((await app.inject({ url: '/me', headers })).statusCode, 200)
    issuer.revoke(headers.token)
    assert.equal((await app.inject({ url: '/me', headers })).json().code, 'token_revoked')
  })
})

describe('DELETE /users/:id', () => {
  it('accepts an admin', async () => {
    const response = await app.inject({ method: 'DELETE', url: '/users/1', headers: issuer.asUser('john', admin) })
    assert.equal(response.statusCode, 204)
  })

  it('rejects a caller without the role', async () => {
    const headers = issuer.asUser('jane', { realm_access: { roles: ['reader'] } })
    const response = await app.inject({ method: 'DELETE', url: '/users/1', headers })
    assert.deepEqual([response.statusCode, response.json().code], [403, 'access_denied'])
  })
})

describe('GET /reports', () => {
  it('requires a scope, and names it in the challenge', async () => {
    const headers = issuer.asUser('jane', { scope: 'reports:read' })
    assert.equal((await app.inject({ url: '/reports', headers })).statusCode, 200)
    const response = await app.inject({ url: '/reports', headers: issuer.bad.withoutScope() })
    assert.equal(response.statusCode, 403)
    assert.match(String(response.headers['www-authenticate']), /scope="reports:read"/)
  })

  for (const [code, bad] of Object.entries(badCredentialByCode)) {
    if (code === 'cross_site_request') continue // this API accepts no cookie
    it(`rejects bad credentials: ${code}`, async () => {
      const { statusCode } = await app.inject({ url: '/reports', headers: issuer.bad[bad]() })
      assert.ok(statusCode >= 400)
    })
  }
})

it('GET /health is public, even with a bad token', async () => {
  assert.equal((await app.inject('/health')).statusCode, 200)
  assert.equal((await app.inject({ url: '/health', headers: issuer.bad.malformed() })).statusCode, 200)
})
