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
  mightContain(hash: number): boolean {
    const at = hash & (this.#counts.length - 1)
    const both = bitOf(at) | bitOf(secondBit(at, hash))
    return ((this.#bits[at >>> 5] ?? 0) & both) === both
  }

  add(hash: number): void {
    const at = hash & (this.#counts.length - 1)
    this.#count(at, 1)
    this.#count(secondBit(at, hash), 1)
  }

  remove(hash: number): void {
    const at = hash & (this.#counts.length - 1)
    this.#count(at, -1)
    this.#count(secondBit(at, hash), -1)
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
function secondBit(at: number, hash: number): number {
  return at ^ (hash >>> 27 || 1)
}
