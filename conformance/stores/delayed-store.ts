import type { SessionStore } from '@claimcheck/issuer'

/** A seeded random number generator, from 0 to 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A store that delays its steps and their results, so that both change their order. */
export function delayedStore(store: SessionStore, random: () => number): SessionStore {
  const turns = async () => {
    for (let left = Math.floor(random() * 8); left > 0; left--) await new Promise((resolve) => setImmediate(resolve))
  }
  const delayed = <A extends unknown[], T>(step: (...args: A) => Promise<T>) => {
    return async (...args: A): Promise<T> => {
      await turns()
      const result = await step(...args)
      await turns()
      return result
    }
  }
  return {
    begin: delayed((beginning) => store.begin(beginning)),
    find: delayed((look) => store.find(look)),
    rotate: delayed((rotation) => store.rotate(rotation)),
    end: delayed((ending) => store.end(ending)),
    endSession: delayed((ending) => store.endSession(ending)),
    endAll: delayed((ending) => store.endAll(ending)),
    list: delayed((query) => store.list(query)),
  }
}
