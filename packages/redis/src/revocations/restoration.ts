import type { RevocationEntries, RevocationEntry } from '@claimcheck/core/revocation'
import type { Step } from '../connection/commands.ts'
import type { RevocationLog } from './revocation-log.ts'

const addedAtOnce = 500

/** Gives back to Redis what it has lost. What could not be written is written by the next call. */
export class Restoration {
  readonly #log: RevocationLog
  #owed: readonly RevocationEntry[] = []
  /** The generation of the data that lack something, an empty string if they have none; null if nothing is to be restored. */
  #incomplete: string | null = null

  constructor(log: RevocationLog) {
    this.#log = log
  }

  /** Notes the entries that Redis lacks, and the generation of the data that lack them. */
  owe(entries: readonly RevocationEntry[], generation: string): void {
    this.#owed = entries
    this.#incomplete = generation
  }

  /** The generation of the restored data; null if entries were lost again meanwhile, `current` if nothing was to be done. */
  async run(ask: Step, list: RevocationEntries, current: string): Promise<string | null> {
    const manner = { isBounded: false, isStarting: false }
    while (this.#owed.length > 0) {
      const some = this.#owed.slice(0, addedAtOnce)
      await ask((commander) => this.#log.append(commander, some, manner))
      this.#owed = this.#owed.slice(addedAtOnce)
    }
    const incomplete = this.#incomplete
    if (incomplete === null) return current
    const known = Array.from(list.live()).length
    const generation = await ask((commander) => this.#log.restore(commander, incomplete, known))
    this.#incomplete = null
    return generation
  }
}
