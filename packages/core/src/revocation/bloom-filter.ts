/** What an entry names: a token by its jti, a session by its sid, a subject by its sub. */
export type EntryKind = 'tokens' | 'sessions' | 'subjects'

/** Where each kind begins, so that one name is another print in each. */
const seeds: Readonly<Record<EntryKind, number>> = { tokens: 0x811c9dc5, sessions: 0x1b873593, subjects: 0x2545f491 }

/** The print of a name, 32 bits (FNV-1a, then mixed, for the filter takes its places from single bits). */
export function hashName(kind: EntryKind, name: string): number {
  let print = seeds[kind]
  for (let at = 0; at < name.length; at++) print = Math.imul(print ^ name.charCodeAt(at), 0x01000193)
  print = Math.imul(print ^ (print >>> 16), 0x85ebca6b)
  return print ^ (print >>> 13)
}

/** Of each name that is expected: with so many, one in twenty of the others is taken for one of them. */
const placesForEach = 8
/** For some ten million names; the memory that nobody uses is not taken. */
const mostPlacesPower = 27
/** A count that has come so far stays: how many it counts is no longer known. */
const most = 255

/**
 * Says of most names that no entry has them, from one word of memory each; a Map has to follow a chain of entries and
 * read every name in it. A Bloom filter of two bits in one word for each name, with a count beside each bit, so that
 * names can be removed. It has its size from the start, 9 to 18 bytes a name, for to fill a larger one would take too
 * long at a stretch; with more names than expected, it says less, and nothing that is wrong.
 */
export class CountingBloomFilter {
  readonly #bits: Int32Array
  readonly #counts: Uint8Array

  constructor(expectedNames: number) {
    const power = Math.ceil(Math.log2(expectedNames * placesForEach))
    const places = 2 ** Math.min(Math.max(power, 5), mostPlacesPower)
    this.#bits = new Int32Array(places / 32)
    // Beside the bits and not in their place: whoever asks need not draw the counts into the processor's cache.
    this.#counts = new Uint8Array(places)
  }

  /** Never false for a name that was added, and not removed as often. */
  mayHold(print: number): boolean {
    const at = print & (this.#counts.length - 1)
    const both = bitOf(at) | bitOf(besides(at, print))
    return ((this.#bits[at >>> 5] ?? 0) & both) === both
  }

  add(print: number): void {
    const at = print & (this.#counts.length - 1)
    this.#count(at, 1)
    this.#count(besides(at, print), 1)
  }

  remove(print: number): void {
    const at = print & (this.#counts.length - 1)
    this.#count(at, -1)
    this.#count(besides(at, print), -1)
  }

  #count(at: number, by: 1 | -1): void {
    const before = this.#counts[at] ?? 0
    if (before === most) return
    const count = before + by
    const others = (this.#bits[at >>> 5] ?? 0) & ~bitOf(at)
    this.#counts[at] = count
    this.#bits[at >>> 5] = count === 0 ? others : others | bitOf(at)
  }
}

/** In its word of 32. */
function bitOf(at: number): number {
  return 1 << (at & 31)
}

/** Another place in the same word, of the bits that the first one is not of. */
function besides(at: number, print: number): number {
  return at ^ (print >>> 27 || 1)
}
