import { channel } from 'node:diagnostics_channel'
import { afterEach, describe, expect, it } from 'vitest'
import { createAuth, decide, hasScope } from '../src/index.ts'
import { createRevocations } from '../src/revocation.ts'
import type { DiagnosticMessages } from '../src/diagnostics.ts'
import { audience, authWith, bearer, issuer, keyPair, now, nowSeconds, sign } from './tokens.ts'

const ends: (() => void)[] = []

afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** Collects the messages of a channel until the end of the test. */
function messagesOf<N extends keyof DiagnosticMessages>(name: N): DiagnosticMessages[N][] {
  const messages: DiagnosticMessages[N][] = []
  const listener = (message: unknown) => void messages.push(message as DiagnosticMessages[N])
  channel(name).subscribe(listener)
  ends.push(() => channel(name).unsubscribe(listener))
  return messages
}

describe('channel claimcheck:authenticate', () => {
  it('publishes the outcome of each authentication, and whether the token was cached', async () => {
    const messages = messagesOf('claimcheck:authenticate')
    const auth = authWith()
    const request = bearer(await sign())
    await auth.authenticate(request)
    await auth.identify(request)
    await auth.verifyToken(await sign())
    await auth.identify({ headers: {} })
    await auth.authenticate(bearer(await sign({ exp: nowSeconds - 60 }))).catch(() => null)
    await auth.identify(bearer(await sign({ iss: 'https://elsewhere.example' }))).catch(() => null)
    expect(messages.map(({ outcome, code, issuer: named, recalled }) => [outcome, code, named, recalled])).toEqual([
      ['accepted', null, issuer, false],
      ['accepted', null, issuer, true],
      ['accepted', null, issuer, true],
      ['anonymous', null, null, false],
      ['rejected', 'token_expired', issuer, false],
      ['rejected', 'issuer_unknown', null, false],
    ])
    for (const { startedAt, durationMilliseconds } of messages) {
      expect(Math.abs(startedAt - Date.now())).toBeLessThan(60_000)
      expect(durationMilliseconds).toBeGreaterThanOrEqual(0)
    }
  })

  it('publishes the issuer of a cached token that has been revoked', async () => {
    const messages = messagesOf('claimcheck:authenticate')
    let isRevoked = false
    const auth = authWith({ isRevoked: () => isRevoked })
    const token = await sign()
    await auth.verifyToken(token)
    isRevoked = true
    await auth.verifyToken(token).catch(() => null)
    expect(messages[1]).toMatchObject({ outcome: 'rejected', code: 'token_revoked', issuer, recalled: true })
  })

  it('does not publish an unchecked issuer', async () => {
    const messages = messagesOf('claimcheck:authenticate')
    const auth = authWith({ issuer: null })
    for (let times = 0; times < 2; times++) await auth.verifyToken(await sign({ iss: 'https://made-up.example' }))
    expect(messages.map((message) => [message.issuer, message.recalled])).toEqual([
      [null, false],
      [null, true],
    ])
  })

  it('publishes the outcome failed for a bug, and rethrows the error', async () => {
    const messages = messagesOf('claimcheck:authenticate')
    const fails = () => {
      throw new Error('a bug')
    }
    const auth = authWith({ roles: { admin: fails } })
    await expect(auth.verifyToken(await sign())).rejects.toThrow('a bug')
    await expect(authWith({ now: fails }).verifyToken(await sign())).rejects.toThrow('a bug')
    expect(messages).toMatchObject([
      { outcome: 'failed', code: null },
      { outcome: 'failed', code: null },
    ])
  })

  it('publishes no part of the token', async () => {
    const messages = messagesOf('claimcheck:authenticate')
    await authWith().verifyToken(await sign({ sub: 'canary' }))
    expect(Object.keys(messages[0] ?? {})).toEqual([
      'outcome',
      'code',
      'issuer',
      'recalled',
      'startedAt',
      'durationMilliseconds',
    ])
  })

  it('publishes nothing for explain', async () => {
    const messages = messagesOf('claimcheck:authenticate')
    await authWith().explain(bearer(await sign()))
    expect(messages).toEqual([])
  })
})

describe('channel claimcheck:reject', () => {
  it('publishes each rejection with its code, status, detail, cause and request', async () => {
    const messages = messagesOf('claimcheck:reject')
    const request = bearer(await sign({ aud: 'https://other.example' }))
    const cause = new Error('down')
    const outage = authWith({ isRevoked: () => Promise.reject(cause) })
    await authWith()
      .authenticate(request)
      .catch(() => null)
    await authWith()
      .authenticate({ headers: {} })
      .catch(() => null)
    await outage.verifyToken(await sign()).catch(() => null)
    expect(messages).toEqual([
      { code: 'audience_not_allowed', status: 401, detail: 'aud contains no accepted audience', cause: null, request },
      { code: 'token_missing', status: 401, detail: null, cause: null, request: { headers: {} } },
      { code: 'revocation_unavailable', status: 503, detail: 'isRevoked failed', cause, request: null },
    ])
  })

  it('publishes a rejection of authorize with the request', async () => {
    const messages = messagesOf('claimcheck:reject')
    const request = { headers: {} }
    await expect(authWith().authorize(null, hasScope('write'), request)).rejects.toThrow('bearer token')
    expect(messages).toEqual([{ code: 'token_missing', status: 401, detail: null, cause: null, request }])
  })

  it('publishes nothing for a decision that is only computed', () => {
    const messages = messagesOf('claimcheck:reject')
    expect(decide(null, hasScope('write')).allowed).toBe(false)
    expect(messages).toEqual([])
  })
})

describe('channel claimcheck:keys', () => {
  it('publishes each key fetch with the number of cached keys, or the cause of a failure', async () => {
    const messages = messagesOf('claimcheck:keys')
    const { jwk } = await keyPair('ES256', 'k1')
    let respond = async () => Response.json({ keys: [jwk] })
    const keys = { jwksUrl: 'https://keys.example/jwks?key=canary' }
    const options = { issuer, audience, keys, fetch: () => respond() }
    await createAuth(options).ready()
    respond = () => Promise.reject(new Error('no route'))
    await createAuth(options).ready()
    const url = 'https://keys.example/jwks'
    expect(messages).toMatchObject([
      { issuer, url, outcome: 'fetched', keys: 1, cause: null },
      { issuer, url, outcome: 'failed', keys: 0, cause: { code: 'keys_unavailable' } },
    ])
  })

  it('publishes a failed discovery with the issuer', async () => {
    const messages = messagesOf('claimcheck:keys')
    await createAuth({ issuer, audience, fetch: async () => new Response('', { status: 404 }) }).ready()
    expect(messages).toMatchObject([{ issuer, url: `${issuer}/`, outcome: 'failed' }])
  })
})

describe('channel claimcheck:revoke', () => {
  it('publishes the kind, issuer and end of a revocation, but not the revoked token, session or subject', async () => {
    const messages = messagesOf('claimcheck:revoke')
    const list = createRevocations({ now, maxTokenLifetimeSeconds: 3600 })
    await list.revokeToken({ issuer, jti: 'canary', until: nowSeconds + 60 })
    await list.revokeSession({ issuer, sid: 'canary', until: nowSeconds + 90 })
    await list.revokeSubject({ issuer, sub: 'canary', issuedBefore: nowSeconds })
    expect(messages).toEqual([
      { kind: 'token', issuer, expiresAt: nowSeconds + 65 },
      { kind: 'session', issuer, expiresAt: nowSeconds + 95 },
      { kind: 'subject', issuer, expiresAt: nowSeconds + 3605 },
    ])
  })

  it('publishes nothing for a revocation that did not fit into the list', async () => {
    const messages = messagesOf('claimcheck:revoke')
    const list = createRevocations({ now, max: 1 })
    await list.revokeToken({ issuer, jti: 'a', until: nowSeconds + 60 })
    await expect(list.revokeToken({ issuer, jti: 'b', until: nowSeconds + 60 })).rejects.toThrow()
    expect(messages).toHaveLength(1)
  })
})
