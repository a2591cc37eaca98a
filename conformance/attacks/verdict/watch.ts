import type { TestBed } from '../scenarios/arena.ts'
import type { Evidence } from './evidence.ts'

type Watched = Pick<Evidence, 'canaryConnections' | 'connectedTo' | 'warnings' | 'unhandled' | 'polluted'>

const turns = 5

/** Watches the process while a case runs: whom it connects to, what it warns of, and what nobody handles. */
export class Watch {
  readonly #arena: TestBed
  readonly #canaryBefore: number
  readonly #warnings: string[] = []
  readonly #unhandled: unknown[] = []

  constructor(arena: TestBed) {
    this.#arena = arena
    this.#canaryBefore = arena.canary.connections
    process.on('warning', this.#warn)
    process.on('unhandledRejection', this.#note)
    process.on('uncaughtExceptionMonitor', this.#note)
  }

  async end(): Promise<Watched> {
    // Warnings, rejections and connections that nobody waits for are told some turns later.
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', this.#warn)
    process.off('unhandledRejection', this.#note)
    process.off('uncaughtExceptionMonitor', this.#note)
    return {
      canaryConnections: this.#arena.canary.connections - this.#canaryBefore,
      connectedTo: this.#arena.outbound.addresses,
      warnings: this.#warnings,
      unhandled: this.#unhandled,
      polluted: unpollute(),
    }
  }

  readonly #warn = ({ name }: Error): void => void this.#warnings.push(name)
  readonly #note = (reason: unknown): void => void this.#unhandled.push(reason)
}

/** What was put on every object; it is taken off again, so that the next case is not judged for it. */
function unpollute(): readonly string[] {
  const prototype = Object.prototype as Record<string, unknown>
  const names = Object.keys(prototype)
  for (const name of names) delete prototype[name]
  return names
}
