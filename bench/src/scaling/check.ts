// A process of its own: what one check costs, by the replica of Redis and by the list of one process, in turns.
import { createRevocations } from '@claimcheck/core/revocation'
import type { RevocableToken, Revocations } from '@claimcheck/core'
import { answerParent } from '../children/answer-parent.ts'
import { median } from '../race/quantile.ts'
import { issuer, jtiOf, loadStores, tokenOf } from './entries.ts'

export interface Checking {
  readonly socket: string
  readonly entries: number
  readonly rounds: number
  readonly checksInRound: number
}

/** Nanoseconds a check of a token that is not revoked, beside as many that are. */
export interface Checked {
  readonly embedded: number
  readonly redis: number
  /** The median of the differences of each round. */
  readonly more: number
}

answerParent<Checking, 'check', Checked>(async ({ socket, entries, rounds, checksInRound }) => {
  const { revocations } = await loadStores(socket)
  const embedded = createRevocations({ max: entries })
  const until = Math.floor(Date.now() / 1000) + 86_400
  for (let index = 0; index < entries; index++) await embedded.revokeToken({ issuer, jti: jtiOf(index), until })
  const tokens = Array.from({ length: checksInRound }, (_, index) => tokenOf(entries + index))
  return () => {
    for (let warm = 0; warm < 20; warm++) for (const list of [embedded, revocations]) time(list, tokens)
    const pairs = Array.from({ length: rounds }, (_, round) => {
      if (round % 2 === 0) return { own: time(embedded, tokens), shared: time(revocations, tokens) }
      const shared = time(revocations, tokens)
      return { own: time(embedded, tokens), shared }
    })
    return {
      embedded: median(pairs.map(({ own }) => own)),
      redis: median(pairs.map(({ shared }) => shared)),
      more: median(pairs.map(({ own, shared }) => shared - own)),
    }
  }
})

function time(list: Revocations, tokens: readonly RevocableToken[]): number {
  let revoked = 0
  const begun = performance.now()
  for (const token of tokens) if (list.isRevoked(token) !== false) revoked++
  const nanoseconds = ((performance.now() - begun) * 1e6) / tokens.length
  if (revoked > 0) throw new Error('Nobody has revoked these')
  return nanoseconds
}
