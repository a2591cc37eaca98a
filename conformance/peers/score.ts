import type { PackageFigures } from './figures.ts'
import { versionsOf } from './peer.ts'
import type { Peer, PeerVerdict } from './peer.ts'

/** A case as the score counts it. `group` is its file or class. */
export interface ScoredCase {
  readonly group: string
  readonly id: string
  readonly description: string
  readonly expected: 'accepted' | 'rejected'
}

interface Counts {
  passed: number
  total: number
  notApplicable: number
}

/** Counts the results of one package. */
export class Score {
  readonly #groups = new Map<string, Counts>()
  readonly #failed: PackageFigures['failed'] = []
  #serverErrors = 0

  /** `verdict` is null if the case does not apply to the package. */
  add({ group, id, description, expected }: ScoredCase, verdict: PeerVerdict | null): void {
    const counts = this.#groups.get(group) ?? { passed: 0, total: 0, notApplicable: 0 }
    this.#groups.set(group, counts)
    if (verdict === null) {
      counts.notApplicable++
      return
    }
    counts.total++
    if (verdict === 'error') this.#serverErrors++
    const hasPassed = (verdict === 'accepted') === (expected === 'accepted')
    if (hasPassed) counts.passed++
    else this.#failed.push({ case: `${group} ${id}`, expected, description })
  }

  figuresOf(peer: Peer): PackageFigures {
    const groups = [...this.#groups.values()]
    const sum = (name: keyof Counts) => groups.reduce((total, counts) => total + counts[name], 0)
    return {
      name: peer.name,
      ...versionsOf(peer),
      passed: sum('passed'),
      total: sum('total'),
      notApplicable: sum('notApplicable'),
      serverErrors: this.#serverErrors,
      files: Object.fromEntries(this.#groups),
      failed: this.#failed,
    }
  }
}
