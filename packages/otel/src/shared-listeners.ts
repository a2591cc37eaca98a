type Listen<P> = (provider: P | undefined, maxIssuers: number) => () => void

interface Held {
  readonly end: () => void
  holders: number
}

/** Listens once for each provider, however many ask for it, until the last of them has ended. */
export class SharedListeners<P> {
  readonly #listen: Listen<P>
  readonly #held = new Map<P | undefined, Held>()

  constructor(listen: Listen<P>) {
    this.#listen = listen
  }

  /** Returns what ends it, for the one who asked; further calls of that do nothing. */
  hold(provider: P | undefined, maxIssuers: number): () => void {
    const held = this.#held.get(provider) ?? { end: this.#listen(provider, maxIssuers), holders: 0 }
    held.holders += 1
    this.#held.set(provider, held)
    let holds = true
    return () => {
      if (holds) this.#release(provider, held)
      holds = false
    }
  }

  #release(provider: P | undefined, held: Held): void {
    held.holders -= 1
    if (held.holders > 0) return
    this.#held.delete(provider)
    held.end()
  }
}
