import { createAuth, isAuthError } from '@claimcheck/core'
import { createRevocations } from '@claimcheck/core/revocation'
import type { Auth, Revoker } from '@claimcheck/core'
import { createIssuer, generateKeys, RefreshError } from '@claimcheck/issuer'
import type {
  RenewClaims,
  RotateToken,
  SessionInfo,
  SessionIssuerOptions,
  SessionStore,
  Tokens,
} from '@claimcheck/issuer'
import { describe, expect, it } from 'vitest'
import { delayedStore, randomFrom } from './delayed-store.ts'

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const names = { issuer: 'https://auth.example.com', audience: 'https://api.example.com' } as const
const keys = await generateKeys('ES256')
const start = 1_800_000_000
const john = { sub: 'john', name: 'John Doe' }

/** A clock in seconds that the tests advance. */
class Clock {
  seconds = start
  readonly now = (): number => this.seconds * 1000
}

/** The revocations, in order. */
class RevokedSessions implements Revoker {
  readonly sids: string[] = []
  readonly untils: number[] = []
  failures = 0

  revokeToken(): Promise<void> {
    return Promise.reject(new Error('not for a logout'))
  }

  revokeSubject(): Promise<void> {
    return Promise.reject(new Error('it would hit a login of the same second'))
  }

  async revokeSession({ sid, until }: { readonly sid: string; readonly until: number }): Promise<void> {
    if (this.failures > 0) {
      this.failures--
      throw new Error('the list is full')
    }
    this.sids.push(sid)
    this.untils.push(until)
  }
}

function claimsOf({ accessToken }: Tokens): Readonly<Record<string, unknown>> {
  const [, claims = ''] = accessToken.split('.')
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>
}

const sidOf = (tokens: Tokens) => String(claimsOf(tokens)['sid'])
const expiryOf = (tokens: Tokens) => claimsOf(tokens)['exp']

/** Why a refresh was rejected, or the tokens that it returned. */
async function outcomeOf(refresh: Promise<Tokens>): Promise<Tokens | string> {
  try {
    return await refresh
  } catch (error) {
    if (error instanceof RefreshError) return error.reason
    throw error
  }
}

/** What the owner of a store can read of a sealed successor with a token; null if it does not open. */
async function opened(sealed: string | undefined, token: string): Promise<string | null> {
  const bytes = Buffer.from(sealed ?? '', 'base64url')
  const info = new TextEncoder().encode('claimcheck refresh token successor v1')
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  const material = await crypto.subtle.importKey('raw', Buffer.from(token, 'base64url'), 'HKDF', false, ['deriveKey'])
  const key = await crypto.subtle.deriveKey(derivation, material, { name: 'AES-GCM', length: 256 }, false, ['decrypt'])
  try {
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: bytes.subarray(0, 12) }, key, bytes.subarray(12))
    return Buffer.from(plain).toString('base64url')
  } catch {
    return null
  }
}

async function codeOf(auth: Auth, { accessToken }: Tokens): Promise<string> {
  try {
    await auth.verifyToken(accessToken)
    return 'good'
  } catch (error) {
    return isAuthError(error) ? error.code : String(error)
  }
}

type CreateStore = () => Promise<SessionStore> | SessionStore

async function setUpOn(createStore: CreateStore, more: Partial<SessionIssuerOptions> = {}) {
  const clock = new Clock()
  const revocation = new RevokedSessions()
  const store = delayedStore(await createStore(), randomFrom(seed))
  const settings = { ...names, clientId: 'web', keys, now: clock.now, store, revocation, ...more }
  return { clock, revocation, store, issuer: createIssuer(settings), sub: `john-${crypto.randomUUID()}` }
}

/** Declares the tests of concurrent refreshes, for any store. */
export function refreshRaces(createStore: CreateStore): void {
  const setUp = async (more: Partial<SessionIssuerOptions> = {}) => setUpOn(createStore, more)

  it('a hundred concurrent refreshes of one token cause one rotation with one successor', async () => {
    const { issuer, sub, revocation } = await setUp()
    const { refreshToken } = await issuer.login({ sub })
    const all = await Promise.all(Array.from({ length: 100 }, async () => issuer.refresh(refreshToken)))
    expect([seed, new Set(all.map((tokens) => tokens.refreshToken)).size]).toEqual([seed, 1])
    expect(new Set(all.map(sidOf)).size).toBe(1)
    expect(await outcomeOf(issuer.refresh(all[0]?.refreshToken ?? ''))).toMatchObject({ expiresIn: 300 })
    expect(revocation.sids).toEqual([])
  })

  it('with a grace of 0, exactly one of them succeeds, and the session ends', async () => {
    const { issuer, sub } = await setUp({ reuseGraceSeconds: 0 })
    const { refreshToken } = await issuer.login({ sub })
    const all = await Promise.all(Array.from({ length: 100 }, async () => outcomeOf(issuer.refresh(refreshToken))))
    const issued = all.filter((outcome) => typeof outcome !== 'string')
    expect([seed, issued.length]).toEqual([seed, 1])
    expect(await outcomeOf(issuer.refresh(issued[0]?.refreshToken ?? ''))).toBe('ended')
  })
}

/** Declares the tests of tokens that were replaced within the grace period and cannot be repeated, for any store. */
function supersededTokens(createStore: CreateStore): void {
  /** A session that was refreshed this many times, a second apart, with its refresh tokens, the newest last. */
  const setUp = async (rotations: number, more: Partial<SessionIssuerOptions> = {}) => {
    const context = await setUpOn(createStore, more)
    const tokens = [await context.issuer.login({ sub: context.sub })]
    for (let turn = 0; turn < rotations; turn++) {
      if (turn > 0) context.clock.seconds += 1
      tokens.push(await context.issuer.refresh(tokens.at(-1)?.refreshToken ?? ''))
    }
    return { ...context, texts: tokens.map(({ refreshToken }) => refreshToken) }
  }
  const newest = (texts: readonly string[]) => texts.at(-1) ?? ''
  const older = (texts: readonly string[], back: number) => texts.at(-1 - back) ?? ''

  describe('a token that was replaced within the grace period, whose successor was used', () => {
    it('a token that was replaced is rejected as superseded: nothing is issued or revoked, and the session continues', async () => {
      const { issuer, sub, texts, revocation } = await setUp(3)
      const { sid } = (await issuer.sessions(sub))[0] ?? {}
      await expect(issuer.refresh(older(texts, 2))).rejects.toMatchObject({
        name: 'RefreshError',
        code: 'invalid_grant',
        status: 400,
        reason: 'superseded',
        session: { sub, sid },
      })
      expect(await outcomeOf(issuer.refresh(older(texts, 3)))).toBe('superseded')
      expect([await issuer.sessions(sub), revocation.sids]).toMatchObject([[{ sid }], []])
      expect(await outcomeOf(issuer.refresh(newest(texts)))).toMatchObject({ expiresIn: 300 })
    })

    it('does not prevent the repetition of the next token', async () => {
      const { issuer, texts } = await setUp(2)
      expect(await outcomeOf(issuer.refresh(older(texts, 2)))).toBe('superseded')
      expect(await outcomeOf(issuer.refresh(older(texts, 1)))).toMatchObject({ refreshToken: newest(texts) })
      expect(await outcomeOf(issuer.refresh(older(texts, 2)))).toBe('superseded')
    })

    it('ends the session after the grace period of this token, while newer tokens are still superseded', async () => {
      const { issuer, texts, clock, revocation } = await setUp(4)
      clock.seconds += 6.9
      expect(await outcomeOf(issuer.refresh(older(texts, 4)))).toBe('superseded')
      clock.seconds += 0.1
      expect(await outcomeOf(issuer.refresh(older(texts, 3)))).toBe('superseded')
      expect(await outcomeOf(issuer.refresh(older(texts, 4)))).toBe('reused')
      expect(await outcomeOf(issuer.refresh(newest(texts)))).toBe('ended')
      expect(revocation.sids).toHaveLength(2)
    })

    it('a token can be superseded by at most eight newer ones: the ninth ends the session', async () => {
      const { issuer, texts } = await setUp(9, { reuseGraceSeconds: 60 })
      expect(await outcomeOf(issuer.refresh(older(texts, 8)))).toBe('superseded')
      expect(await outcomeOf(issuer.refresh(older(texts, 9)))).toBe('reused')
      expect(await outcomeOf(issuer.refresh(newest(texts)))).toBe('ended')
    })

    it('does not extend its grace period when it is used again', async () => {
      const { issuer, texts, clock } = await setUp(2)
      for (let turn = 0; turn < 9; turn++) {
        expect(await outcomeOf(issuer.refresh(older(texts, 2)))).toBe('superseded')
        clock.seconds += 0.99
      }
      clock.seconds += 0.09
      expect(await outcomeOf(issuer.refresh(older(texts, 2)))).toBe('reused')
    })

    it('ends the session if only its handle is valid and the rest is forged', async () => {
      const { issuer, texts } = await setUp(3)
      const last = newest(texts)
      expect(await outcomeOf(issuer.refresh(last.slice(0, 22) + 'A'.repeat(42)))).toBe('reused')
      expect(await outcomeOf(issuer.refresh(last))).toBe('ended')
    })

    it('ends the session if the grace is 0, also for tokens of an issuer with another grace', async () => {
      const store = await createStore()
      const { issuer, texts, clock } = await setUp(2, { store })
      const strict = await setUpOn(createStore, { store, now: clock.now, reuseGraceSeconds: 0 })
      expect(await outcomeOf(issuer.refresh(older(texts, 2)))).toBe('superseded')
      const { refreshToken } = await strict.issuer.refresh(newest(texts))
      expect(await outcomeOf(issuer.refresh(older(texts, 1)))).toBe('reused')
      expect(await outcomeOf(issuer.refresh(refreshToken))).toBe('ended')
    })

    it('ends the session with all of its tokens by a logout', async () => {
      const { issuer, texts, revocation } = await setUp(3)
      await issuer.logout(older(texts, 2))
      expect(revocation.sids).toHaveLength(1)
      for (const text of texts) expect(await outcomeOf(issuer.refresh(text))).toBe('ended')
    })

    it.each([
      ['nine seconds behind', -9, 'superseded'],
      ['nine seconds ahead', 9, 'superseded'],
      ['a minute behind', -60, 'reused'],
      ['a minute ahead', 60, 'reused'],
    ])('a process whose clock is %s judges a replaced token', async (_how, seconds, outcome) => {
      const { clock, texts, issuer } = await setUp(2)
      clock.seconds += seconds - 1
      expect(await outcomeOf(issuer.refresh(older(texts, 2)))).toBe(outcome)
    })

    it('does not call renewClaims', async () => {
      let calls = 0
      const { issuer, texts } = await setUp(2, { renewClaims: (claims) => (calls++, claims) })
      await outcomeOf(issuer.refresh(older(texts, 2)))
      expect(calls).toBe(2)
    })
  })
}

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

  describe('a refresh token that was used', () => {
    it('returns the same successor again during the grace period, for a client that lost the response', async () => {
      const { issuer, sub, clock, revocation } = await setUp()
      const { refreshToken } = await issuer.login({ sub })
      const lost = await issuer.refresh(refreshToken)
      clock.seconds += 9.9
      expect((await issuer.refresh(refreshToken)).refreshToken).toBe(lost.refreshToken)
      expect(await outcomeOf(issuer.refresh(lost.refreshToken))).toMatchObject({ expiresIn: 300 })
      expect(revocation.sids).toEqual([])
    })

    it.each([
      ['when the grace period has ended', 10, false],
      ['when its successor was used and the grace has ended', 10, true],
    ])('ends the session %s', async (_when, seconds, isSuccessorUsed) => {
      const { issuer, sub, clock, revocation } = await setUp()
      const { refreshToken } = await issuer.login({ sub })
      const next = await issuer.refresh(refreshToken)
      const last = isSuccessorUsed ? await issuer.refresh(next.refreshToken) : next
      clock.seconds += seconds
      expect(await outcomeOf(issuer.refresh(refreshToken))).toBe('reused')
      expect(await outcomeOf(issuer.refresh(last.refreshToken))).toBe('ended')
      expect(await issuer.sessions(sub)).toEqual([])
      expect(new Set(revocation.sids)).toEqual(new Set([sidOf(next)]))
    })

    it('ends the session independent of its age', async () => {
      const { issuer, sub, clock } = await setUp({ reuseGraceSeconds: 60 })
      const { refreshToken: first } = await issuer.login({ sub })
      let { refreshToken } = await issuer.refresh(first)
      clock.seconds += 60
      for (let turn = 0; turn < 20; turn++) refreshToken = (await issuer.refresh(refreshToken)).refreshToken
      expect(await outcomeOf(issuer.refresh(first))).toBe('reused')
      expect(await outcomeOf(issuer.refresh(refreshToken))).toBe('ended')
    })

    it('ends the session for both of its holders, in either order', async () => {
      const { issuer, sub, clock, revocation } = await setUp()
      const { refreshToken: shared } = await issuer.login({ sub })
      const first = await issuer.refresh(shared)
      clock.seconds += 300
      expect(await outcomeOf(issuer.refresh(shared))).toBe('reused')
      expect(await outcomeOf(issuer.refresh(first.refreshToken))).toBe('ended')
      expect(revocation.sids[0]).toBe(sidOf(first))
    })

    it('a repeated token has two holders as well, and ends the session at its second use', async () => {
      const { issuer, sub, clock } = await setUp()
      const { refreshToken: shared } = await issuer.login({ sub })
      const [one, other] = [await issuer.refresh(shared), await issuer.refresh(shared)]
      const next = await issuer.refresh(one.refreshToken)
      clock.seconds += 300
      expect(await outcomeOf(issuer.refresh(other.refreshToken))).toBe('reused')
      expect(await outcomeOf(issuer.refresh(next.refreshToken))).toBe('ended')
    })

    it('a used token is rejected while its revocation fails, until it is revoked', async () => {
      const { issuer, sub, clock, revocation } = await setUp()
      const { refreshToken } = await issuer.login({ sub })
      const next = await issuer.refresh(refreshToken)
      clock.seconds += 10
      revocation.failures = 2
      for (let turn = 0; turn < 2; turn++) {
        await expect(issuer.refresh(refreshToken)).rejects.toMatchObject({
          name: 'SessionStoreUnavailableError',
          status: 503,
        })
        clock.seconds += 140
      }
      expect(await outcomeOf(issuer.refresh(refreshToken))).toBe('ended')
      expect(revocation.sids).toEqual([sidOf(next)])
    })

    it('does not call renewClaims', async () => {
      let calls = 0
      const { issuer, sub } = await setUp({ reuseGraceSeconds: 0, renewClaims: (claims) => (calls++, claims) })
      const { refreshToken } = await issuer.login({ sub })
      const next = await issuer.refresh(refreshToken)
      for (const token of [refreshToken, next.refreshToken]) await outcomeOf(issuer.refresh(token))
      expect(calls).toBe(1)
    })

    it('opens its successor, and no other token of the family does', async () => {
      const seen: RotateToken[] = []
      const inner = await createStore()
      const store = { ...inner, rotate: async (rotation: RotateToken) => (seen.push(rotation), inner.rotate(rotation)) }
      const { issuer, sub } = await setUp({ store })
      const first = await issuer.login({ sub })
      const second = await issuer.refresh(first.refreshToken)
      const third = await issuer.refresh(second.refreshToken)
      const sealed = seen.map(({ successor }) => successor.sealedSuccessor ?? '')
      expect(await opened(sealed[0], first.refreshToken)).toBe(second.refreshToken)
      expect(await opened(sealed[1], second.refreshToken)).toBe(third.refreshToken)
      for (const other of [second, third, { refreshToken: 'A'.repeat(64) }]) {
        expect(await opened(sealed[0], other.refreshToken)).toBeNull()
      }
    })

    it('leaves no sealed successor if the grace is 0', async () => {
      const seen: RotateToken[] = []
      const inner = await createStore()
      const store = { ...inner, rotate: async (rotation: RotateToken) => (seen.push(rotation), inner.rotate(rotation)) }
      const { issuer, sub } = await setUp({ store, reuseGraceSeconds: 0 })
      await issuer.refresh((await issuer.login({ sub })).refreshToken)
      expect(seen.map(({ successor }) => successor.sealedSuccessor)).toEqual([null])
    })

    it('a used token is never repeated if the grace is 0', async () => {
      const { issuer, sub } = await setUp({ reuseGraceSeconds: 0 })
      const { refreshToken } = await issuer.login({ sub })
      await issuer.refresh(refreshToken)
      expect(await outcomeOf(issuer.refresh(refreshToken))).toBe('reused')
    })
  })

  supersededTokens(createStore)

  refreshRaces(createStore)

  describe('a logout', () => {
    it('ends the session and revokes its access tokens', async () => {
      const { issuer, sub, revocation, clock } = await setUp({ accessTokenSeconds: 600 })
      const [one, other] = [await issuer.login({ sub }), await issuer.login({ sub })]
      await issuer.logout(one.refreshToken)
      expect(await outcomeOf(issuer.refresh(one.refreshToken))).toBe('ended')
      expect(await issuer.refresh(other.refreshToken)).toMatchObject({ expiresIn: 600 })
      expect([...new Set(revocation.sids)]).toEqual([sidOf(one)])
      // A minute longer than the tokens are valid, for processes with other clocks.
      expect(revocation.untils[0]).toBe(clock.seconds + 660)
    })

    it('ends the session with a used token, too', async () => {
      const { issuer, sub } = await setUp()
      const { refreshToken } = await issuer.login({ sub })
      const next = await issuer.refresh(refreshToken)
      await issuer.logout(refreshToken)
      expect(await outcomeOf(issuer.refresh(next.refreshToken))).toBe('ended')
    })

    it.each(['', 'x', 'A'.repeat(64), 'A'.repeat(65)])('ignores an unknown token: %j', async (text) => {
      const { issuer, revocation } = await setUp()
      await expect(issuer.logout(text)).resolves.toBeUndefined()
      expect(revocation.sids).toEqual([])
    })

    it('a logout can be repeated if its revocation fails, and then revokes', async () => {
      const { issuer, sub, revocation } = await setUp()
      const tokens = await issuer.login({ sub })
      revocation.failures = 1
      await expect(issuer.logout(tokens.refreshToken)).rejects.toMatchObject({
        name: 'SessionStoreUnavailableError',
        status: 503,
      })
      await issuer.logout(tokens.refreshToken)
      expect(revocation.sids).toEqual([sidOf(tokens)])
    })

    it('ends all sessions, and does not affect a login in the same second', async () => {
      const { issuer, sub, revocation } = await setUp()
      const ended = [await issuer.login({ sub }), await issuer.login({ sub }), await issuer.login({ sub })]
      const otherUser = await issuer.login({ sub: `${sub}-other` })
      revocation.failures = 2
      await expect(issuer.logoutAll(sub)).rejects.toMatchObject({ name: 'SessionStoreUnavailableError' })
      await issuer.logoutAll(sub)
      const later = await issuer.login({ sub })
      expect(new Set(revocation.sids)).toEqual(new Set(ended.map(sidOf)))
      expect((await issuer.sessions(sub)).map(({ sid }) => sid)).toEqual([sidOf(later)])
      for (const { refreshToken } of ended) expect(await outcomeOf(issuer.refresh(refreshToken))).toBe('ended')
      expect(await issuer.refresh(otherUser.refreshToken)).toMatchObject({ expiresIn: 300 })
    })

    it('revokes for the longest lifetime of the issued tokens, even if newer ones are shorter', async () => {
      const store = await createStore()
      const { issuer, sub, clock } = await setUp({ store, accessTokenSeconds: 600 })
      const shorter = await setUp({ store, now: clock.now })
      const first = await issuer.login({ sub })
      clock.seconds += 400
      const { refreshToken } = await issuer.refresh(first.refreshToken)
      await shorter.issuer.logout(refreshToken)
      expect(shorter.revocation.untils).toEqual([start + 1060])
    })

    it.each<[string, (context: Awaited<ReturnType<typeof setUp>>, tokens: Tokens) => Promise<unknown>]>([
      ['of one session', ({ issuer }, { refreshToken }) => issuer.logout(refreshToken)],
      ['of one of the sessions', ({ issuer, sub }, tokens) => issuer.endSession(sub, sidOf(tokens))],
      ['of all sessions', ({ issuer, sub }) => issuer.logoutAll(sub)],
    ])('a logout %s with a clock that is ahead revokes all tokens', async (_what, logOut) => {
      const context = await setUp({ sessionIdleSeconds: 400 })
      const { issuer, sub, clock, revocation } = context
      const tokens = await issuer.login({ sub })
      clock.seconds += 500
      expect(await issuer.sessions(sub)).toEqual([])
      await logOut(context, tokens)
      clock.seconds -= 500
      expect(await outcomeOf(issuer.refresh(tokens.refreshToken))).toBe('ended')
      expect(new Set(revocation.sids)).toEqual(new Set([sidOf(tokens)]))
    })

    it('ends one session and keeps the others', async () => {
      const { issuer, sub, revocation } = await setUp()
      const [one, other] = [await issuer.login({ sub }), await issuer.login({ sub })]
      await issuer.endSession(sub, sidOf(one))
      await issuer.endSession(`${sub}-other`, sidOf(other))
      expect((await issuer.sessions(sub)).map(({ sid }) => sid)).toEqual([sidOf(other)])
      expect(revocation.sids).toEqual([sidOf(one)])
    })

    it('a logout during concurrent refreshes leaves no valid token that is not revoked', async () => {
      const random = randomFrom(seed)
      for (let turn = 0; turn < 20; turn++) {
        const { issuer, sub, revocation } = await setUp()
        let tokens = await issuer.login({ sub })
        if (random() < 0.5) tokens = await issuer.refresh(tokens.refreshToken)
        const { refreshToken } = tokens
        const logout = random() < 0.5 ? issuer.logout(refreshToken) : issuer.logoutAll(sub)
        const refreshes = Array.from({ length: 3 }, async () => outcomeOf(issuer.refresh(refreshToken)))
        const [, ...outcomes] = await Promise.all([logout, ...refreshes])
        expect([seed, turn, await issuer.sessions(sub)]).toEqual([seed, turn, []])
        for (const outcome of outcomes) {
          if (typeof outcome === 'string') expect(outcome).toBe('ended')
          else expect(await outcomeOf(issuer.refresh(outcome.refreshToken))).toBe('ended')
        }
        expect(new Set(revocation.sids)).toEqual(new Set([sidOf(tokens)]))
      }
    })
  })

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

  it('leaves no access token valid one second after a logout, whenever that was', async () => {
    const random = randomFrom(seed)
    for (let turn = 0; turn < 12; turn++) {
      const accessTokenSeconds = 50 + Math.floor(random() * 40)
      const clock = new Clock()
      const revocation = createRevocations({ now: clock.now })
      const rules = { accessTokenSeconds, sessionIdleSeconds: accessTokenSeconds + 10, sessionAbsoluteSeconds: 300 }
      const { issuer, sub } = await setUp({ ...rules, revocation, now: clock.now })
      const auth = createAuth({ ...names, keys: issuer.keySource(), profile: 'at+jwt', revocation, now: clock.now })
      const issued = [await issuer.login({ sub })]
      const refreshes = Math.floor(random() * 4)
      for (let count = 0; count < refreshes; count++) {
        clock.seconds += random() * accessTokenSeconds
        issued.push(await issuer.refresh(issued.at(-1)?.refreshToken ?? ''))
      }
      clock.seconds += random() * (accessTokenSeconds + 20)
      const last = issued.at(-1)?.refreshToken ?? ''
      await (random() < 0.5 ? issuer.logout(last) : issuer.logoutAll(sub))
      for (let second = 0; second < accessTokenSeconds + 10; second++) {
        const codes = await Promise.all(issued.map(async (tokens) => codeOf(auth, tokens)))
        expect([seed, turn, second, codes.includes('good')]).toEqual([seed, turn, second, false])
        clock.seconds += 1
      }
    }
  })

  describe('a refresh token', () => {
    it.each([
      ['another client', { clientId: 'backoffice', audience: 'https://admin.example.com' }],
      ['another issuer', { issuer: 'https://other.example.com' }],
    ])('a refresh token does not belong to a session of %s on the same store', async (_who, other) => {
      const store = await createStore()
      const { issuer, sub } = await setUp({ store })
      const { issuer: otherUser } = await setUp({ store, ...other })
      const tokens = await issuer.login({ sub })
      expect(await outcomeOf(otherUser.refresh(tokens.refreshToken))).toBe('unknown')
      await otherUser.logout(tokens.refreshToken)
      expect(await issuer.refresh(tokens.refreshToken)).toMatchObject({ expiresIn: 300 })
    })

    it('a refresh token is not affected if another issuer ends the sessions of users with the same names', async () => {
      const store = await createStore()
      const { issuer, sub } = await setUp({ store })
      const { issuer: otherUser } = await setUp({ store, issuer: 'https://other.example.com' })
      const tokens = await issuer.login({ sub })
      await otherUser.logoutAll(sub)
      expect(await otherUser.endSession(sub, sidOf(tokens))).toBe(false)
      expect(await otherUser.sessions(sub)).toEqual([])
      expect(await issuer.sessions(sub)).toHaveLength(1)
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

  describe('a session that a later login ended', () => {
    /** Two sessions of a user who may have two. The third login ends the first, whose revocation fails. */
    const setUpFailure = async (store: SessionStore) => {
      const context = await setUp({ store, maxSessionsPerSubject: 2 })
      const { issuer, sub, clock, revocation } = context
      const first = await issuer.login({ sub })
      clock.seconds += 1
      const second = await issuer.login({ sub })
      clock.seconds += 1
      revocation.failures = 1
      await expect(issuer.login({ sub })).rejects.toMatchObject({ name: 'SessionStoreUnavailableError', status: 503 })
      expect(revocation.sids).toEqual([])
      return { ...context, first, second }
    }

    it('an ended session that was not revoked is revoked once by the next login, and no other session ends for it', async () => {
      const { issuer, sub, clock, revocation, first, second } = await setUpFailure(await createStore())
      clock.seconds += 1
      const third = await issuer.login({ sub })
      expect(revocation.sids).toEqual([sidOf(first)])
      expect(new Set((await issuer.sessions(sub)).map(({ sid }) => sid))).toEqual(new Set([second, third].map(sidOf)))
      await issuer.logout(third.refreshToken)
      await issuer.login({ sub })
      expect(revocation.sids).toEqual([sidOf(first), sidOf(third)])
    })

    it('an ended session that was not revoked is revoked by the next login in another process', async () => {
      const store = await createStore()
      const { sub, clock, first } = await setUpFailure(store)
      const other = await setUp({ store, now: clock.now, maxSessionsPerSubject: 2 })
      await other.issuer.login({ sub: `${sub}-other` })
      expect(other.revocation.sids).toEqual([])
      await other.issuer.login({ sub })
      expect(other.revocation.sids).toEqual([sidOf(first)])
    })

    it.each<[string, (context: Awaited<ReturnType<typeof setUpFailure>>) => Promise<unknown>]>([
      ['refresh', ({ issuer, second }) => issuer.refresh(second.refreshToken)],
      ['logout', ({ issuer, second }) => issuer.logout(second.refreshToken)],
      ['logout of all sessions', ({ issuer, sub }) => issuer.logoutAll(sub)],
      ['end of a session', ({ issuer, sub, second }) => issuer.endSession(sub, sidOf(second))],
      ['refresh of its own', ({ issuer, first }) => outcomeOf(issuer.refresh(first.refreshToken))],
    ])('an ended session that was not revoked is revoked by the next %s', async (_what, step) => {
      const context = await setUpFailure(await createStore())
      await step(context)
      expect(context.revocation.sids).toContain(sidOf(context.first))
    })

    it('an ended session whose revocation fails for long does not block other refreshes, and is revoked in the end', async () => {
      const { issuer, clock, revocation, first, second } = await setUpFailure(await createStore())
      revocation.failures = 3
      let { refreshToken } = second
      for (let turn = 0; turn < 4; turn++) {
        clock.seconds += 30
        refreshToken = (await issuer.refresh(refreshToken)).refreshToken
      }
      expect(revocation.sids).toEqual([sidOf(first)])
    })
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
