/** Waits between attempts. `end` stops all waits immediately, so that no timer keeps running. */
export class Pauses {
  readonly #waits = new Set<() => void>()
  #isEnded = false

  async wait(milliseconds: number): Promise<void> {
    if (this.#isEnded || !(milliseconds > 0)) return
    await new Promise<void>((resolve) => {
      const stop = () => {
        clearTimeout(timer)
        this.#waits.delete(stop)
        resolve()
      }
      const timer = setTimeout(stop, milliseconds)
      this.#waits.add(stop)
    })
  }

  end(): void {
    this.#isEnded = true
    for (const stop of this.#waits) stop()
  }
}

/** A pause in milliseconds that doubles with each failure, up to `max`. It is random, so that processes do not retry in step. */
export function backoff(failures: number, max: number): number {
  return Math.min(max, 50 * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2)
}
