import type { Turn } from './run-race.ts'

/** The measured operation. It returns a truthy value for a valid token; otherwise it throws or returns a falsy one. */
export interface Operation {
  readonly perform: (token: string) => unknown
  /** Whether `perform` returns a promise. A synchronous operation is not awaited. */
  readonly isAsync: boolean
}

/** How long a turn lasts, and how many samples are timed separately, each of one or several operations. */
export interface Pace {
  readonly warmupMilliseconds: number
  readonly turnMilliseconds: number
  readonly samples: number
  readonly operationsPerSample: number
}

/** How many tokens are prepared at a time. More of them would slow down the garbage collector. */
const batchSize = 1000

/** Times an operation in turns of about the same length. */
export class Stopwatch {
  readonly #operation: Operation
  readonly #pace: Pace
  readonly #nextTokens: (count: number) => readonly string[]
  #operationsPerTurn: number | null = null

  /** `nextTokens` prepares tokens outside of the measured time. */
  constructor(operation: Operation, pace: Pace, nextTokens: (count: number) => readonly string[]) {
    this.#operation = operation
    this.#pace = pace
    this.#nextTokens = nextTokens
  }

  async turn(): Promise<Turn> {
    const { samples, operationsPerSample } = this.#pace
    // The warm-up runs in the first turn and not at start, when the other contenders are still preparing.
    const count = (this.#operationsPerTurn ??= await this.#warmUp())
    const mean = ((await this.#run(count)) * 1000) / count
    const times: number[] = []
    for (let sample = 0; sample < samples; sample++) {
      times.push(((await this.#run(operationsPerSample)) * 1000) / operationsPerSample)
    }
    return { mean, samples: times }
  }

  /** Runs until the code is optimized, and returns how many operations fit into a turn. */
  async #warmUp(): Promise<number> {
    const { warmupMilliseconds, turnMilliseconds } = this.#pace
    const start = performance.now()
    let count = 8
    let mean = Infinity
    do {
      mean = (await this.#run(count)) / count
      count = Math.min(count * 2, 4096)
    } while (performance.now() - start < warmupMilliseconds)
    return Math.max(1, Math.round(turnMilliseconds / mean))
  }

  /** Performs the operation this many times and returns the milliseconds that it took. */
  async #run(count: number): Promise<number> {
    const { perform, isAsync } = this.#operation
    let milliseconds = 0
    for (let left = count; left > 0; left -= batchSize) {
      const tokens = this.#nextTokens(Math.min(left, batchSize))
      milliseconds += isAsync ? await runAsync(perform, tokens) : runSync(perform, tokens)
    }
    return milliseconds
  }
}

function runSync(perform: Operation['perform'], tokens: readonly string[]): number {
  let rejected = 0
  const start = performance.now()
  for (const token of tokens) if (!perform(token)) rejected++
  const milliseconds = performance.now() - start
  if (rejected > 0) throw new Error(`${rejected} of ${tokens.length} valid tokens were rejected`)
  return milliseconds
}

async function runAsync(perform: Operation['perform'], tokens: readonly string[]): Promise<number> {
  let rejected = 0
  const start = performance.now()
  for (const token of tokens) if (!(await perform(token))) rejected++
  const milliseconds = performance.now() - start
  if (rejected > 0) throw new Error(`${rejected} of ${tokens.length} valid tokens were rejected`)
  return milliseconds
}
