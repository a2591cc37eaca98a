import type { SessionStore } from '@claimcheck/issuer'

/** A source of numbers from 0 to 1 that its seed repeats (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A store that takes up its steps late and in another order than they came, and answers late and in another order. */
export function movedStore(store: SessionStore, random: () => number): SessionStore {
  const turns = async () => {
    for (let left = Math.floor(random() * 8); left > 0; left--) await new Promise((resolve) => setImmediate(resolve))
  }
  const moved = <A extends unknown[], T>(step: (...given: A) => Promise<T>) => {
    return async (...given: A): Promise<T> => {
      await turns()
      const answer = await step(...given)
      await turns()
      return answer
    }
  }
  return {
    begin: moved((beginning) => store.begin(beginning)),
    find: moved((look) => store.find(look)),
    rotate: moved((rotation) => store.rotate(rotation)),
    end: moved((ending) => store.end(ending)),
    endSession: moved((ending) => store.endSession(ending)),
    endAll: moved((ending) => store.endAll(ending)),
    list: moved((query) => store.list(query)),
  }
}
