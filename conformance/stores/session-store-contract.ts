import { createAuth } from '@claimcheck/core'
import type { RenewClaims, SessionInfo, SessionIssuerOptions, SessionStore } from '@claimcheck/issuer'
import { describe, expect, it } from 'vitest'
import { logoutContract } from './logout-contract.ts'
import { refreshContract } from './refresh-contract.ts'
import { claimsOf, codeOf, expiryOf, john, names, outcomeOf, setUpOn, sidOf, start } from './session-setup.ts'
import type { CreateStore } from './session-setup.ts'
/** Declares the tests of sessions, for any store. The store of a test is empty or contains only other subjects. */
export function sessionStoreContract(createStore: CreateStore): void {
  const setUp = async (more: Partial<SessionIssuerOptions> = {}) => setUpOn(createStore, more)

  describe('a session', () => {
    it('continues with refresh tokens that can each be used once, with the same sid', async () => {
      const { issuer, sub, clock } = await setUp()
      const tokens = [await issuer.login({ ...john, sub })]
      for (let turn = 0; turn < 5; turn++) {
        clock.seconds += 60
        tokens.push(await issuer.refresh(tokens.at(-1)?.refreshToken ?? ''))
      }
      expect(new Set(tokens.map(sidOf)).size).toBe(1)
      expect(new Set(tokens.map(({ refreshToken }) => refreshToken)).size).toBe(6)
      expect(tokens.every(({ refreshToken }) => /^[\w-]{64}$/.test(refreshToken))).toBe(true)
    })

    it('a user has a separate session for each login', async () => {
      const { issuer, sub } = await setUp()
      const [one, other] = [await issuer.login({ sub }), await issuer.login({ sub })]
      expect(sidOf(one)).not.toBe(sidOf(other))
      expect((await issuer.sessions(sub)).map(({ sid }) => sid).toSorted()).toEqual([one, other].map(sidOf).toSorted())
    })

    it('issues access tokens with the claims of the login', async () => {
      const { issuer, sub, clock } = await setUp()
      const auth = createAuth({ ...names, keys: issuer.keySource(), profile: 'at+jwt', now: clock.now })
      const { refreshToken } = await issuer.login({ ...john, sub, scope: ['a', 'b'], admin: true })
      const { accessToken } = await issuer.refresh(refreshToken)
      expect(await auth.verifyToken(accessToken)).toMatchObject({
        subject: sub,
        roles: ['admin'],
        scopes: ['a', 'b'],
        claims: { name: 'John Doe' },
      })
    })

    it('ends exactly when it was idle for too long', async () => {
      const { issuer, sub, clock } = await setUp({ sessionIdleSeconds: 100, accessTokenSeconds: 50 })
      const [one, other] = [await issuer.login({ sub }), await issuer.login({ sub })]
      clock.seconds += 99
      const { refreshToken } = await issuer.refresh(one.refreshToken)
      clock.seconds += 1
      expect(await outcomeOf(issuer.refresh(other.refreshToken))).toBe('unknown')
      expect(await issuer.sessions(sub)).toHaveLength(1)
      clock.seconds += 99
      expect(await outcomeOf(issuer.refresh(refreshToken))).toBe('unknown')
      expect(await issuer.sessions(sub)).toEqual([])
    })

    it('ends when its lifetime is reached, however often it is refreshed', async () => {
      const { issuer, sub, clock } = await setUp({
        sessionIdleSeconds: 60,
        sessionAbsoluteSeconds: 120,
        accessTokenSeconds: 50,
      })
      let { refreshToken } = await issuer.login({ sub })
      for (let turn = 0; turn < 3; turn++) {
        clock.seconds += 39
        refreshToken = (await issuer.refresh(refreshToken)).refreshToken
      }
      clock.seconds += 2
      expect((await issuer.sessions(sub)).map(({ expiresAt }) => expiresAt)).toEqual([start + 120])
      clock.seconds += 1
      expect(await outcomeOf(issuer.refresh(refreshToken))).toBe('unknown')
    })
  })

  describe('the label and the device of a session', () => {
    const details = { label: 'Work laptop', device: 'Firefox on Linux' }

    it('lists the details, passes them to renewClaims, and keeps them during refreshes', async () => {
      const received: SessionInfo[] = []
      const renewClaims: RenewClaims = (claims, session) => (received.push(session), claims)
      const { issuer, sub } = await setUp({ renewClaims })
      let tokens = await issuer.login({ sub }, details)
      for (let turn = 0; turn < 2; turn++) tokens = await issuer.refresh(tokens.refreshToken)
      expect(await issuer.sessions(sub)).toMatchObject([details])
      expect(received).toMatchObject([details, details])
      expect(Object.keys(claimsOf(tokens))).not.toContain('label')
    })

    it('lists null for each detail that the login did not set', async () => {
      const { issuer, sub } = await setUp()
      await issuer.login({ sub })
      await issuer.login({ sub }, { label: null })
      await issuer.login({ sub }, { device: 'phone' })
      const sessions = await issuer.sessions(sub)
      expect(sessions.map(({ label }) => label)).toEqual([null, null, null])
      expect(new Set(sessions.map(({ device }) => device))).toEqual(new Set([null, 'phone']))
    })

    it.each(['a'.repeat(256), ' ', '"\\\n\r\0', '山田のノート', '😀'.repeat(128)])(
      'returns the details as they were set: %j',
      async (text) => {
        const { issuer, sub } = await setUp()
        await issuer.login({ sub }, { label: text, device: text })
        expect(await issuer.sessions(sub)).toMatchObject([{ label: text, device: text }])
      },
    )

    it('includes the details in every session that the store returns', async () => {
      const store = await createStore()
      const { issuer, sub, clock } = await setUp({ store })
      const { sid } = claimsOf(await issuer.login({ sub }, details))
      const ref = { issuer: names.issuer, sub }
      const end = { now: clock.seconds, tombstoneSeconds: 60 }
      expect(await store.list({ ...ref, now: clock.seconds })).toMatchObject([details])
      expect(await store.endSession({ ...ref, ...end, sid: String(sid) })).toMatchObject(details)
      expect(await store.endAll({ ...ref, ...end })).toMatchObject([details])
    })
  })

  it('issues no access token that is valid for longer than the session', async () => {
    const { issuer, sub, clock } = await setUp({ sessionIdleSeconds: 400, sessionAbsoluteSeconds: 400 })
    const first = await issuer.login({ sub })
    clock.seconds += 350
    const last = await issuer.refresh(first.refreshToken)
    expect([first.expiresIn, last.expiresIn, expiryOf(last)]).toEqual([300, 50, start + 400])
  })

  refreshContract(createStore)

  logoutContract(createStore)

  describe('the claims of a session', () => {
    it('renews the claims at each refresh', async () => {
      let admin = true
      const { issuer, sub, clock } = await setUp({ renewClaims: (claims) => ({ ...claims, admin }) })
      const auth = createAuth({ ...names, keys: issuer.keySource(), now: clock.now })
      const { refreshToken } = await issuer.login({ sub, admin: true })
      admin = false
      expect((await auth.verifyToken((await issuer.refresh(refreshToken)).accessToken)).roles).toEqual([])
    })

    it('ends the session if renewClaims returns null', async () => {
      const { issuer, sub, revocation } = await setUp({ renewClaims: () => null })
      const tokens = await issuer.login({ sub })
      expect(await outcomeOf(issuer.refresh(tokens.refreshToken))).toBe('claims_denied')
      expect(await issuer.sessions(sub)).toEqual([])
      expect(revocation.sids).toEqual([sidOf(tokens)])
    })

    it('keeps the token if renewClaims fails, however long that takes', async () => {
      let fails = true
      const { issuer, sub, clock, revocation } = await setUp({
        renewClaims: (claims) => {
          if (fails) throw new Error('the database is away')
          return claims
        },
      })
      const { refreshToken } = await issuer.login({ sub })
      await expect(issuer.refresh(refreshToken)).rejects.toThrow('the database is away')
      clock.seconds += 3600
      await expect(issuer.refresh(refreshToken)).rejects.toThrow('the database is away')
      fails = false
      expect(await issuer.refresh(refreshToken)).toMatchObject({ expiresIn: 300 })
      expect(revocation.sids).toEqual([])
    })

    it('does not shorten the lifetime of the access token if renewing the claims takes long', async () => {
      const { issuer, sub, clock } = await setUp({
        renewClaims: (claims) => {
          clock.seconds += 400
          return claims
        },
      })
      const next = await issuer.refresh((await issuer.login({ sub })).refreshToken)
      expect([next.expiresIn, expiryOf(next)]).toEqual([300, clock.seconds + 300])
    })

    it('rejects renewed claims with another user', async () => {
      const { issuer, sub } = await setUp({ renewClaims: (claims) => ({ ...claims, sub: 'jane' }) })
      const { refreshToken } = await issuer.login({ sub })
      await expect(issuer.refresh(refreshToken)).rejects.toThrow(/must not change sub/)
    })
  })

  it('a user has at most the allowed number of sessions; the ones that were idle longest end', async () => {
    const { issuer, sub, clock, revocation } = await setUp({ maxSessionsPerSubject: 2 })
    const first = await issuer.login({ sub })
    clock.seconds += 1
    const second = await issuer.login({ sub })
    clock.seconds += 1
    const refreshed = await issuer.refresh(first.refreshToken)
    clock.seconds += 1
    const third = await issuer.login({ sub })
    expect((await issuer.sessions(sub)).map(({ sid }) => sid).toSorted()).toEqual(
      [refreshed, third].map(sidOf).toSorted(),
    )
    expect(await outcomeOf(issuer.refresh(second.refreshToken))).toBe('ended')
    expect(new Set(revocation.sids)).toEqual(new Set([sidOf(second)]))
    expect(await issuer.login({ sub: `${sub}-other` })).toMatchObject({ expiresIn: 300 })
  })

  it('a store contains hashes and data that only a client can open, and no token', async () => {
    const seen: unknown[] = []
    const inner = await createStore()
    const store: SessionStore = {
      ...inner,
      begin: async (beginning) => (seen.push(beginning), inner.begin(beginning)),
      rotate: async (rotation) => (seen.push(rotation), inner.rotate(rotation)),
    }
    const { issuer, sub, clock } = await setUp({ store })
    const first = await issuer.login({ sub })
    const second = await issuer.refresh(first.refreshToken)
    const third = await issuer.refresh(second.refreshToken)
    const text = JSON.stringify(seen)
    for (const { refreshToken, accessToken } of [first, second, third]) {
      expect(text).not.toContain(refreshToken.slice(0, 20))
      expect(text).not.toContain(refreshToken.slice(-20))
      expect(text).not.toContain(accessToken.slice(-20))
    }
    const auth = createAuth({ ...names, keys: issuer.keySource(), now: clock.now })
    expect(await codeOf(auth, third)).toBe('good')
  })
}
