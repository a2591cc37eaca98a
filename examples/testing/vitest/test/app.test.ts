import { createAuth } from '@claimcheck/express'
import { badCredentialByCode, createTestIssuer } from '@claimcheck/testing'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { createApp, roles } from '../src/app.ts'

const issuer = createTestIssuer()
const app = createApp(createAuth({ ...issuer.options, roles }))

describe('GET /me', () => {
  it('returns the subject of the caller', async () => {
    const { body } = await request(app)
      .get('/me')
      .set(issuer.asUser('john', { admin: true, groups: ['editors'] }))
      .expect(200)
    expect(body).toEqual({ subject: 'john', roles: ['admin', 'editor'] })
  })

  it('rejects a request without a token', async () => {
    await request(app).get('/me').expect(401).expect('WWW-Authenticate', 'Bearer realm="api"')
  })

  it.each(['expired', 'tampered', 'wrongAudience', 'unknownIssuer', 'revoked'] as const)(
    'rejects the token of an admin that is bad: %s',
    async (bad) => {
      await request(app)
        .get('/me')
        .set(issuer.bad[bad]({ admin: true }))
        .expect(401)
    },
  )

  it.each(['keysUnavailable', 'revocationUnavailable'] as const)('responds with 503 in an outage: %s', async (bad) => {
    await request(app).get('/me').set(issuer.bad[bad]()).expect(503).expect('Retry-After', '10')
  })

  it('accepts a token until it expires', async () => {
    const john = issuer.asUser('john')
    await request(app).get('/me').set(john).expect(200)
    issuer.advanceSeconds(605)
    const { body } = await request(app).get('/me').set(john).expect(401)
    expect(body.code).toBe('token_expired')
  })

  it('accepts a token until it is revoked', async () => {
    const john = issuer.asUser('john')
    await request(app).get('/me').set(john).expect(200)
    issuer.revoke(john.token)
    const { body } = await request(app).get('/me').set(john).expect(401)
    expect(body.code).toBe('token_revoked')
  })
})

describe('PUT /articles/:id', () => {
  it.each([
    ['an editor', { groups: ['editors'] }],
    ['an admin', { admin: true }],
  ])('accepts %s', async (_caller, claims) => {
    await request(app).put('/articles/1').set(issuer.asUser('ed', claims)).expect(204)
  })

  it.each([
    ['a caller without a role', {}],
    ['a member of another group', { groups: ['readers'] }],
    ['a caller whose admin claim is a string', { admin: 'yes' }],
  ])('rejects %s', async (_caller, claims) => {
    const { body } = await request(app).put('/articles/1').set(issuer.asUser('jane', claims)).expect(403)
    expect(body.code).toBe('access_denied')
  })
})

describe('GET /reports', () => {
  it('requires a scope, and names it in the challenge', async () => {
    await request(app)
      .get('/reports')
      .set(issuer.asUser('jane', { scope: 'reports:read' }))
      .expect(200)
    await request(app)
      .get('/reports')
      .set(issuer.bad.withoutScope())
      .expect(403)
      .expect('WWW-Authenticate', /scope="reports:read"/)
  })

  it.each(Object.entries(badCredentialByCode).filter(([code]) => code !== 'cross_site_request'))(
    'rejects bad credentials: %s',
    async (_code, bad) => {
      const { status } = await request(app).get('/reports').set(issuer.bad[bad]())
      expect(status).toBeGreaterThanOrEqual(400)
    },
  )
})

it('GET /health is public, even with a bad token', async () => {
  await request(app).get('/health').expect(200)
  await request(app).get('/health').set(issuer.bad.malformed()).expect(200)
})
