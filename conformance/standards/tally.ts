import type { Verdict } from './judge.ts'

/** Counts the verdicts on a set of vectors, for the line that is printed of it. */
export class Tally {
  readonly #name: string
  readonly #verdicts = new Map<Verdict, number>()

  constructor(name: string) {
    this.#name = name
  }

  add(verdict: Verdict): void {
    this.#verdicts.set(verdict, (this.#verdicts.get(verdict) ?? 0) + 1)
  }

  toString(): string {
    const counts = [...this.#verdicts].toSorted(([, one], [, other]) => other - one)
    const total = counts.reduce((sum, [, count]) => sum + count, 0)
    return `${this.#name}: ${total} judged, ${counts.map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`
  }
}
