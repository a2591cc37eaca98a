import { createAuth } from '@claimcheck/core'
import { createRevocations } from '@claimcheck/core/revocation'
import { createIssuer, createSessionStore, generateKeys, RefreshError } from '@claimcheck/issuer'
import type { SessionIssuer } from '@claimcheck/issuer'
import { describe, expect, it } from 'vitest'
import { randomFrom } from './delayed-store.ts'
import { call, refreshCarefully, refreshSimply } from './page-client.ts'
import type { Page, TokenStore } from './page-client.ts'
import { VirtualTime } from './virtual-time.ts'

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const names = { issuer: 'https://auth.example.com', audience: 'https://api.example.com' } as const
const keys = await generateKeys('ES256')
const graceSeconds = 10
const accessTokenSeconds = 300

async function setUp(random: () => number) {
  const time = new VirtualTime()
  const revocation = createRevocations({ now: time.now })
  const store = createSessionStore()
  const settings = { ...names, accessTokenSeconds, reuseGraceSeconds: graceSeconds, now: time.now }
  const issuer = createIssuer({ ...settings, clientId: 'web', keys, store, revocation })
  const auth = createAuth({ ...names, profile: 'at+jwt', keys: issuer.keySource(), revocation, now: time.now })
  const { refreshToken } = await issuer.login({ sub: 'john' })
  const tokens: TokenStore = { refreshToken, goodUntil: time.seconds + accessTokenSeconds }
  // Most messages take some tenths of a second, and a few take seconds.
  const latency = () => Math.min(3, -Math.log(1 - random()) * (random() < 0.1 ? 1.5 : 0.2))
  return { time, issuer, auth, tokens, latency }
}

/** Simulates tabs that call the API several times concurrently whenever the access token has expired. */
async function playTabs(random: () => number, { tabs, rounds }: { tabs: number; rounds: number }) {
  const { time, issuer, tokens, latency } = await setUp(random)
  const reasons: (string | null)[] = []
  const page: Page = { time, issuer, store: tokens, latency, onOutcome: (reason) => reasons.push(reason) }
  const refresh = rounds === 1 ? refreshSimply : refreshCarefully
  const tab = async () => {
    for (let round = 0; round < rounds; round++) {
      await time.pass(tokens.goodUntil - time.seconds)
      const calls = Array.from({ length: 1 + Math.floor(random() * 6) }, async () => {
        await time.pass(random() * 2)
        await call(page, refresh)
      })
      await Promise.all(calls)
    }
  }
  await time.play(Promise.all(Array.from({ length: tabs }, tab)))
  return { reasons, left: await issuer.sessions('john') }
}

describe.each([1, 2])('a page with %i open tabs', (tabs) => {
  it('loses no session if it refreshes at each 401 and repeats the call', async () => {
    const random = randomFrom(seed)
    const all = new Set<string | null>()
    for (let run = 0; run < 60; run++) {
      const { reasons, left } = await playTabs(random, { tabs, rounds: 1 })
      expect([seed, run, left.length]).toEqual([seed, run, 1])
      for (const reason of reasons) all.add(reason)
    }
    expect([seed, all]).toEqual([seed, new Set([null, 'superseded'])])
  })

  it('loses no session in hours if it discards tokens of responses that arrive too late', async () => {
    const random = randomFrom(seed)
    for (let run = 0; run < 10; run++) {
      const { reasons, left } = await playTabs(random, { tabs, rounds: 20 })
      expect([seed, run, left.length]).toEqual([seed, run, 1])
      expect([seed, run, reasons.filter((reason) => reason !== null && reason !== 'superseded')]).toEqual([
        seed,
        run,
        [],
      ])
    }
  })
})

/** A thief who has the token of a page, and uses the newest one every second until none is valid. */
async function steal(time: VirtualTime, issuer: SessionIssuer, stolen: string) {
  const loot = { accessTokens: [] as string[], lastAt: -Infinity, rotations: 0 }
  const work = async () => {
    for (let refreshToken = stolen; ;) {
      const outcome = await time.work(() => issuer.refresh(refreshToken).catch((error: unknown) => error))
      if (outcome instanceof RefreshError) return
      const tokens = outcome as Awaited<ReturnType<SessionIssuer['refresh']>>
      loot.accessTokens.push(tokens.accessToken)
      loot.lastAt = time.seconds
      loot.rotations++
      refreshToken = tokens.refreshToken
      await time.pass(1)
    }
  }
  return { loot, done: work() }
}

it('a thief who rotates every second is rejected within the grace period after the next refresh of the victim', async () => {
  const random = randomFrom(seed)
  const all = new Set<string | null>()
  for (let run = 0; run < 60; run++) {
    const { time, issuer, auth, tokens, latency } = await setUp(random)
    let loot = { accessTokens: [] as string[], lastAt: -Infinity, rotations: 0 }
    let noticedAt = Infinity
    // A refresh while both still have the same tokens is like a repetition. After that, it reveals the theft.
    const onRefresh = () => {
      if (noticedAt === Infinity && loot.rotations >= 2) noticedAt = time.seconds
    }
    const page: Page = { time, issuer, store: tokens, latency, onRefresh, onOutcome: (reason) => all.add(reason) }
    const victim = async () => {
      while (tokens.refreshToken !== null) {
        await time.pass(Math.max(0, tokens.goodUntil - time.seconds) + random())
        await call(page, refreshCarefully)
      }
    }
    const thief = async () => {
      await time.pass(accessTokenSeconds - 20 * random())
      const theft = await steal(time, issuer, tokens.refreshToken ?? '')
      loot = theft.loot
      await theft.done
    }
    await time.play(Promise.all([victim(), thief()]))
    expect([seed, run, loot.rotations > 1, loot.lastAt <= noticedAt + graceSeconds]).toEqual([seed, run, true, true])
    expect([seed, run, await issuer.sessions('john')]).toEqual([seed, run, []])
    for (const accessToken of loot.accessTokens) await expect(auth.verifyToken(accessToken)).rejects.toThrow()
  }
  expect([seed, all.has('superseded'), all.has('reused')]).toEqual([seed, true, true])
})
