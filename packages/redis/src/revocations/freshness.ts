/** Moments by both clocks, in milliseconds: the one does not jump, the other does not stand still while a machine sleeps. */
export interface Moment {
  readonly steady: number
  readonly wall: number
}

/** How old what is known is: since Redis was asked what it then answered, for all that it had by then is known. */
export class Freshness {
  readonly #now: () => number
  readonly #mostMilliseconds: number
  #heard: Moment | null = null
  #currentUntil: Moment = { steady: -Infinity, wall: -Infinity }

  constructor(maxStalenessSeconds: number | null, now: () => number) {
    this.#mostMilliseconds = (maxStalenessSeconds ?? Infinity) * 1000
    this.#now = now
  }

  now(): Moment {
    return { steady: performance.now(), wall: this.#now() }
  }

  /** In seconds; null before anything was heard. */
  get ageSeconds(): number | null {
    if (this.#heard === null) return null
    const { steady, wall } = this.now()
    return Math.max(0, steady - this.#heard.steady, wall - this.#heard.wall) / 1000
  }

  /** Whether enough is known to answer; asked for every request. */
  get isCurrent(): boolean {
    return performance.now() <= this.#currentUntil.steady && this.#now() <= this.#currentUntil.wall
  }

  /** All is known that Redis had when it was asked. What a connection that was given up answers after all is no news. */
  hear(asked: Moment): void {
    if (this.#heard !== null && asked.steady < this.#heard.steady) return
    this.#heard = asked
    this.#currentUntil = { steady: asked.steady + this.#mostMilliseconds, wall: asked.wall + this.#mostMilliseconds }
  }
}
