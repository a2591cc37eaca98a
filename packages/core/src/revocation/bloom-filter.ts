/** With 8 bits per name, about one in twenty other names is a false positive. */
const bitsPerName = 8
/** The maximum size is 2^27 bits, for about ten million names. */
const maxSizeExponent = 27
/** A counter that reaches this value is never decremented, because it no longer shows how many names were added. */
const maxCount = 255

/**
 * Answers quickly that a name is not in a list. A lookup reads one 32-bit word of memory; a lookup in a Map follows a
 * chain of entries and compares their names.
 *
 * Each name sets two bits in the same word. A counter for each bit makes it possible to remove names. The size is
 * fixed, 9 to 18 bytes per expected name, because growing would block the process. With more names than expected, false
 * positives become more frequent, but there are still no false negatives.
 */
export class CountingBloomFilter {
  readonly #bits: Int32Array
  readonly #counts: Uint8Array

  constructor(expectedNames: number) {
    const exponent = Math.ceil(Math.log2(expectedNames * bitsPerName))
    const size = 2 ** Math.min(Math.max(exponent, 5), maxSizeExponent)
    this.#bits = new Int32Array(size / 32)
    // The bits could be derived from the counters, but a separate array is smaller and stays in the processor's cache.
    this.#counts = new Uint8Array(size)
  }

  /** False means that the name is not in the list. True means that it may be. */
  mightContain(hash: number): boolean {
    const at = hash & (this.#counts.length - 1)
    const both = bitAt(at) | bitAt(secondIndex(at, hash))
    return ((this.#bits[at >>> 5] ?? 0) & both) === both
  }

  add(hash: number): void {
    const at = hash & (this.#counts.length - 1)
    this.#changeCount(at, 1)
    this.#changeCount(secondIndex(at, hash), 1)
  }

  remove(hash: number): void {
    const at = hash & (this.#counts.length - 1)
    this.#changeCount(at, -1)
    this.#changeCount(secondIndex(at, hash), -1)
  }

  #changeCount(at: number, by: 1 | -1): void {
    const before = this.#counts[at] ?? 0
    if (before === maxCount) return
    const count = before + by
    const others = (this.#bits[at >>> 5] ?? 0) & ~bitAt(at)
    this.#counts[at] = count
    this.#bits[at >>> 5] = count === 0 ? others : others | bitAt(at)
  }
}

/** The bit at an index, within its 32-bit word. */
function bitAt(at: number): number {
  return 1 << (at & 31)
}

/** The index of a second, different bit in the same word, from bits of the hash that the first index does not use. */
function secondIndex(at: number, hash: number): number {
  return at ^ (hash >>> 27 || 1)
}
