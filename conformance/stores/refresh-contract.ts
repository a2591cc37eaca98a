import type { RotateToken, SessionIssuerOptions } from '@claimcheck/issuer'
import { describe, expect, it } from 'vitest'
import { opened, outcomeOf, seed, setUpOn, sidOf } from './session-setup.ts'
import type { CreateStore } from './session-setup.ts'
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

  it('with a grace of 0, exactly one of a hundred concurrent refreshes succeeds, and the session ends', async () => {
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

/** Declares the tests of refresh tokens, for any store. */
export function refreshContract(createStore: CreateStore): void {
  const setUp = async (more: Partial<SessionIssuerOptions> = {}) => setUpOn(createStore, more)

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
}
