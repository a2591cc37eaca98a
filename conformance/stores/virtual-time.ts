import { setImmediate as nextTurn } from 'node:timers/promises'

interface Waiting {
  readonly at: number
  readonly resume: () => void
}

/** A clock that jumps from event to event, so that hours of clients and servers take no time. */
export class VirtualTime {
  seconds = 1_800_000_000
  readonly now = (): number => this.seconds * 1000
  #waiting: Waiting[] = []
  #working = 0

  /** Resolves when the clock has advanced this far. */
  pass(seconds: number): Promise<void> {
    return new Promise((resume) => this.#waiting.push({ at: this.seconds + seconds, resume }))
  }

  /** Runs a task that takes no time on this clock. The clock waits until it is done. */
  async work<T>(task: () => Promise<T>): Promise<T> {
    this.#working++
    try {
      return await task()
    } finally {
      this.#working--
    }
  }

  /** Runs until the work is done. Rejects if it rejects. */
  async play(work: Promise<unknown>): Promise<void> {
    const state = { isDone: false }
    const done = work.finally(() => (state.isDone = true))
    done.catch(() => undefined)
    await this.#settle()
    while (!state.isDone) {
      const next = this.#takeNext()
      if (next === undefined) throw new Error('All clients wait, and no event is left')
      this.seconds = next.at
      next.resume()
      await this.#settle()
    }
    await done
  }

  #takeNext(): Waiting | undefined {
    const next = this.#waiting.toSorted((one, other) => one.at - other.at)[0]
    this.#waiting = this.#waiting.filter((waiting) => waiting !== next)
    return next
  }

  async #settle(): Promise<void> {
    do await nextTurn()
    while (this.#working > 0)
    await nextTurn()
  }
}
