/** What stands for all that is not told apart, as in the semantic conventions for errors and HTTP methods. */
export const other = '_OTHER'

/** Keeps the values of an attribute few: the first names are told apart, and every further one is `_OTHER`. */
export class BoundedNames {
  readonly #max: number
  readonly #names = new Set<string>()

  constructor(max: number) {
    this.#max = max
  }

  bound(name: string): string {
    if (this.#names.has(name)) return name
    if (this.#names.size >= this.#max) return other
    this.#names.add(name)
    return name
  }
}

/** A name that is one of those which are known, or `_OTHER`. */
export function oneOf(known: ReadonlySet<string>, name: unknown): string {
  return typeof name === 'string' && known.has(name) ? name : other
}
