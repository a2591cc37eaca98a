import type { Turn } from './run-race.ts'

/** What is done again and again: an operation on each of some tokens in turn. It gives something truthy, or refuses. */
export interface Operation {
  readonly perform: (token: string) => unknown
  /** Whether it gives a promise. What gives none is not made to wait for one. */
  readonly isAsync: boolean
}

/** How long a turn lasts, and how many operations are timed singly, each by itself or a few together. */
export interface Pace {
  readonly warmMilliseconds: number
  readonly turnMilliseconds: number
  readonly singles: number
  readonly operationsInSingle: number
}

/** So many tokens lie ready at a time: more that were made for it would be a burden to the garbage collector. */
const batch = 1000

/** Times an operation, in turns of about the same length. */
export class Stopwatch {
  readonly #operation: Operation
  readonly #pace: Pace
  readonly #take: (count: number) => readonly string[]
  #operationsInTurn: number | null = null

  /** `take` gives the next tokens, ready beforehand: to make them is not what is timed. */
  constructor(operation: Operation, pace: Pace, take: (count: number) => readonly string[]) {
    this.#operation = operation
    this.#pace = pace
    this.#take = take
  }

  async turn(): Promise<Turn> {
    const { singles, operationsInSingle } = this.#pace
    // Not before the first turn: at the start, others make ready as well.
    const count = (this.#operationsInTurn ??= await this.#warm())
    const mean = ((await this.#run(count)) * 1000) / count
    const timed: number[] = []
    for (let single = 0; single < singles; single++) {
      timed.push(((await this.#run(operationsInSingle)) * 1000) / operationsInSingle)
    }
    return { mean, singles: timed }
  }

  /** Lets the code become fast, and finds out how many operations make a turn. */
  async #warm(): Promise<number> {
    const { warmMilliseconds, turnMilliseconds } = this.#pace
    const begin = performance.now()
    let count = 8
    let mean = Infinity
    do {
      mean = (await this.#run(count)) / count
      count = Math.min(count * 2, 4096)
    } while (performance.now() - begin < warmMilliseconds)
    return Math.max(1, Math.round(turnMilliseconds / mean))
  }

  /** The milliseconds that it takes to perform the operation so many times. */
  async #run(count: number): Promise<number> {
    const { perform, isAsync } = this.#operation
    let milliseconds = 0
    for (let left = count; left > 0; left -= batch) {
      const tokens = this.#take(Math.min(left, batch))
      milliseconds += isAsync ? await runAsync(perform, tokens) : runSync(perform, tokens)
    }
    return milliseconds
  }
}

function runSync(perform: Operation['perform'], tokens: readonly string[]): number {
  let refused = 0
  const begin = performance.now()
  for (const token of tokens) if (!perform(token)) refused++
  const milliseconds = performance.now() - begin
  if (refused > 0) throw new Error(`${refused} of ${tokens.length} operations came to nothing`)
  return milliseconds
}

async function runAsync(perform: Operation['perform'], tokens: readonly string[]): Promise<number> {
  let refused = 0
  const begin = performance.now()
  for (const token of tokens) if (!(await perform(token))) refused++
  const milliseconds = performance.now() - begin
  if (refused > 0) throw new Error(`${refused} of ${tokens.length} operations came to nothing`)
  return milliseconds
}
