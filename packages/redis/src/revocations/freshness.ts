/** A time by both clocks, in milliseconds. `steady` never jumps; `wall` continues while the machine is asleep. */
export interface Moment {
  readonly steady: number
  readonly wall: number
}

/** How old the known revocations can be. They are as old as the last command to which Redis has responded. */
export class Freshness {
  readonly #now: () => number
  readonly #maxMilliseconds: number
  #freshAt: Moment | null = null
  #currentUntil: Moment = { steady: -Infinity, wall: -Infinity }

  constructor(maxStalenessSeconds: number | null, now: () => number) {
    this.#maxMilliseconds = (maxStalenessSeconds ?? Infinity) * 1000
    this.#now = now
  }

  now(): Moment {
    return { steady: performance.now(), wall: this.#now() }
  }

  /** In seconds; null before the first response. */
  get ageSeconds(): number | null {
    if (this.#freshAt === null) return null
    const { steady, wall } = this.now()
    return Math.max(0, steady - this.#freshAt.steady, wall - this.#freshAt.wall) / 1000
  }

  /** Whether requests can be served. It is read for every request. */
  get isCurrent(): boolean {
    return performance.now() <= this.#currentUntil.steady && this.#now() <= this.#currentUntil.wall
  }

  /**
   * Records that everything is known which Redis contained when a command was sent. A late response on a connection that
   * was given up does not count.
   */
  markFresh(sentAt: Moment): void {
    if (this.#freshAt !== null && sentAt.steady < this.#freshAt.steady) return
    this.#freshAt = sentAt
    this.#currentUntil = { steady: sentAt.steady + this.#maxMilliseconds, wall: sentAt.wall + this.#maxMilliseconds }
  }
}
