import type { AttackCase } from './corpus/attack-case.ts'
import { appliesTo } from './corpus/applies.ts'
import type { Corpus } from './corpus/load-corpus.ts'
import { runCase } from './run-case.ts'
import { TestBed } from './scenarios/arena.ts'
import type { AttackTarget, Column } from './servers/attack-target.ts'
import type { Score, Scores } from './table.ts'

/** How long a case may take at most. */
const quickSeconds = 15
const longSeconds = 900

/** The cases of a corpus on some targets: each is run once, when it is first asked for, and none beside another. */
export class AttackRun {
  readonly corpus: Corpus
  readonly targets: readonly AttackTarget[]
  readonly #isLong: boolean
  readonly #results = new Map<string, Promise<readonly string[]>>()
  #arena: Promise<TestBed> | null = null
  #last: Promise<unknown> = Promise.resolve()

  constructor(corpus: Corpus, targets: readonly AttackTarget[], { isLong = false } = {}) {
    this.corpus = corpus
    this.targets = targets
    this.#isLong = isLong
  }

  casesOf(target: AttackTarget): readonly AttackCase[] {
    return this.corpus.attacks.filter((attack) => appliesTo(attack, target))
  }

  /** What was wrong with the answer; nothing, where it was right. */
  problemsOf(attack: AttackCase, target: AttackTarget): Promise<readonly string[]> {
    const key = `${attack.id} on ${target.name}`
    const result = this.#results.get(key) ?? this.#afterTheLast(() => this.#run(attack, target))
    this.#results.set(key, result)
    return result
  }

  /** How many answers were right in each class, column by column: where a column has several targets, on all of them. */
  async scores(): Promise<Scores> {
    const scores = new Map<string, Map<Column, Score>>()
    for (const attack of this.corpus.attacks) {
      const ofClass = scores.get(attack.class) ?? new Map<Column, Score>()
      scores.set(attack.class, ofClass)
      for (const column of new Set(this.targets.map((target) => target.column))) {
        const isRight = await this.#isRight(attack, column)
        if (isRight === null) continue
        const { right, all } = ofClass.get(column) ?? { right: 0, all: 0 }
        ofClass.set(column, { right: right + Number(isRight), all: all + 1 })
      }
    }
    return scores
  }

  async close(): Promise<void> {
    await (await this.#arena)?.close()
  }

  async #isRight(attack: AttackCase, column: Column): Promise<boolean | null> {
    const targets = this.targets.filter((target) => target.column === column && appliesTo(attack, target))
    const results: boolean[] = []
    for (const target of targets) results.push((await this.problemsOf(attack, target)).length === 0)
    return results.length === 0 ? null : results.every(Boolean)
  }

  async #run(attack: AttackCase, target: AttackTarget): Promise<readonly string[]> {
    this.#arena ??= TestBed.open(this.corpus, { isLong: this.#isLong })
    const arena = await this.#arena
    try {
      // One that hangs must not keep the others waiting.
      return await within(this.#isLong ? longSeconds : quickSeconds, runCase(attack, target, arena))
    } catch (error) {
      return [`it could not be run: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`]
    }
  }

  #afterTheLast<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result
    return result
  }
}

/** What the work gives, or a failure where it takes too long. */
async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not end in ${seconds} seconds`)), seconds * 1000)
    timer.unref()
  })
  try {
    return await Promise.race([work, tooLong])
  } finally {
    clearTimeout(timer)
  }
}
