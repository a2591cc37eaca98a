import type { AttackCase } from './corpus/attack-case.ts'
import { appliesTo } from './targets/attack-target.ts'
import type { Corpus } from './corpus/load-corpus.ts'
import { runCase } from './run-case.ts'
import { TestBed } from './targets/test-bed.ts'
import type { AttackTarget, Column } from './targets/attack-target.ts'
import type { Score, Scores } from './document.ts'

/** Time limits for one case. */
const quickSeconds = 15
const longSeconds = 900

/**
 * Runs the cases of a corpus on some targets. Each case runs once, when its result is first requested, and never in
 * parallel.
 */
export class AttackRun {
  readonly corpus: Corpus
  readonly targets: readonly AttackTarget[]
  readonly #isLong: boolean
  readonly #results = new Map<string, Promise<readonly string[]>>()
  #testBed: Promise<TestBed> | null = null
  #previous: Promise<unknown> = Promise.resolve()

  constructor(corpus: Corpus, targets: readonly AttackTarget[], { isLong = false } = {}) {
    this.corpus = corpus
    this.targets = targets
    this.#isLong = isLong
  }

  casesOf(target: AttackTarget): readonly AttackCase[] {
    return this.corpus.attacks.filter((attack) => appliesTo(attack, target))
  }

  /** Returns the problems of a case on a target, or an empty list if it passed. */
  problemsOf(attack: AttackCase, target: AttackTarget): Promise<readonly string[]> {
    const key = `${attack.id} on ${target.name}`
    const result = this.#results.get(key) ?? this.#afterPrevious(() => this.#run(attack, target))
    this.#results.set(key, result)
    return result
  }

  /**
   * Counts the passed cases by class and column. A column with several targets counts a case only if it passed on all
   * of them.
   */
  async scores(): Promise<Scores> {
    const scores = new Map<string, Map<Column, Score>>()
    for (const attack of this.corpus.attacks) {
      const byColumn = scores.get(attack.class) ?? new Map<Column, Score>()
      scores.set(attack.class, byColumn)
      for (const column of new Set(this.targets.map((target) => target.column))) {
        const hasPassed = await this.#hasPassed(attack, column)
        if (hasPassed === null) continue
        const { right, all } = byColumn.get(column) ?? { right: 0, all: 0 }
        byColumn.set(column, { right: right + Number(hasPassed), all: all + 1 })
      }
    }
    return scores
  }

  async close(): Promise<void> {
    await (await this.#testBed)?.close()
  }

  async #hasPassed(attack: AttackCase, column: Column): Promise<boolean | null> {
    const targets = this.targets.filter((target) => target.column === column && appliesTo(attack, target))
    const results: boolean[] = []
    for (const target of targets) results.push((await this.problemsOf(attack, target)).length === 0)
    return results.length === 0 ? null : results.every(Boolean)
  }

  async #run(attack: AttackCase, target: AttackTarget): Promise<readonly string[]> {
    this.#testBed ??= TestBed.open(this.corpus, { isLong: this.#isLong })
    const testBed = await this.#testBed
    try {
      // A case that hangs must not block the others.
      return await withTimeout(this.#isLong ? longSeconds : quickSeconds, runCase(attack, target, testBed))
    } catch (error) {
      return [`the case could not run: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`]
    }
  }

  #afterPrevious<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#previous.then(work)
    this.#previous = result
    return result
  }
}

/** Rejects if the work takes too long. */
async function withTimeout<T>(seconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the case did not end within ${seconds} seconds`)), seconds * 1000)
    timer.unref()
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
