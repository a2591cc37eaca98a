// Runs in its own process: what one revocation check costs, with the Redis replica and with an in-process list, in turns.
import { createRevocations } from '@claimcheck/core/revocation'
import type { RevocableToken, Revocations } from '@claimcheck/core'
import { handleCommands } from '../lib/child-process.ts'
import { median } from '../race/race.ts'
import { issuer, jtiOf, openStores, tokenOf } from './entries.ts'

export interface CheckSetup {
  readonly socket: string
  readonly entries: number
  readonly rounds: number
  readonly checksPerRound: number
}

/** Nanoseconds per check of a token that is not revoked. */
export interface CheckCost {
  readonly embedded: number
  readonly redis: number
  /** The median of the differences of each round. */
  readonly difference: number
}

handleCommands<CheckSetup, 'check', CheckCost>(async ({ socket, entries, rounds, checksPerRound }) => {
  const { revocations } = await openStores(socket)
  const embedded = createRevocations({ max: entries })
  const until = Math.floor(Date.now() / 1000) + 86_400
  for (let index = 0; index < entries; index++) await embedded.revokeToken({ issuer, jti: jtiOf(index), until })
  const tokens = Array.from({ length: checksPerRound }, (_, index) => tokenOf(entries + index))
  return () => {
    for (let warmup = 0; warmup < 20; warmup++) for (const list of [embedded, revocations]) time(list, tokens)
    const pairs = Array.from({ length: rounds }, (_, round) => {
      if (round % 2 === 0) return { own: time(embedded, tokens), shared: time(revocations, tokens) }
      const shared = time(revocations, tokens)
      return { own: time(embedded, tokens), shared }
    })
    return {
      embedded: median(pairs.map(({ own }) => own)),
      redis: median(pairs.map(({ shared }) => shared)),
      difference: median(pairs.map(({ own, shared }) => shared - own)),
    }
  }
})

function time(list: Revocations, tokens: readonly RevocableToken[]): number {
  let revoked = 0
  const start = performance.now()
  for (const token of tokens) if (list.isRevoked(token) !== false) revoked++
  const nanoseconds = ((performance.now() - start) * 1e6) / tokens.length
  if (revoked > 0) throw new Error('None of these tokens is revoked')
  return nanoseconds
}
