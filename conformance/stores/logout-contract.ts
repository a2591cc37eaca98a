import { createAuth } from '@claimcheck/core'
import { createRevocations } from '@claimcheck/core/revocation'
import type { SessionIssuerOptions, SessionStore, Tokens } from '@claimcheck/issuer'
import { describe, expect, it } from 'vitest'
import { randomFrom } from './delayed-store.ts'
import { Clock, codeOf, names, outcomeOf, seed, setUpOn, sidOf, start } from './session-setup.ts'
import type { CreateStore } from './session-setup.ts'
/** Declares the tests of logouts and of the revocations that they cause, for any store. */
export function logoutContract(createStore: CreateStore): void {
  const setUp = async (more: Partial<SessionIssuerOptions> = {}) => setUpOn(createStore, more)

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
      ['refresh of the ended session', ({ issuer, first }) => outcomeOf(issuer.refresh(first.refreshToken))],
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
}
