import { isAuthError } from '@claimcheck/core'
import type { AttackRecipe } from '../corpus/attack-case.ts'
import type { KeyRing } from '../tokens/key-ring.ts'
import type { AttackTarget, RunningTarget } from './attack-target.ts'
import { setupOf } from './policies.ts'

/** Records what a server would log for rejected requests, each line once. */
export class RejectionLog {
  readonly lines: string[] = []
  readonly #known = new Set<string>()

  readonly note = (error: unknown): void => {
    if (!isAuthError(error)) throw new TypeError('onAuthError received a value that is not an AuthError')
    const { logCode, message, logDetail, cause } = error
    const line = [logCode, message, logDetail ?? '', cause instanceof Error ? cause.message : ''].join(' | ')
    if (!this.#known.has(line)) this.lines.push(line)
    this.#known.add(line)
  }
}

/** 2026-01-01T00:00:00Z, the time of every case without its own clock. */
export const startSeconds = 1_767_225_600

interface PooledServer {
  readonly running: RunningTarget
  readonly log: RejectionLog
}

/** The servers of one target by setup. Cases that do not change a server share it. */
export class ServerPool {
  readonly #target: AttackTarget
  readonly #ring: KeyRing
  readonly #servers = new Map<string, Promise<PooledServer>>()

  constructor(target: AttackTarget, ring: KeyRing) {
    this.#target = target
    this.#ring = ring
  }

  /** Rejects if the options are invalid. */
  serverOf(recipe: AttackRecipe): Promise<PooledServer> {
    const { policy = 'P0', clock, options, require: requirement, jwks } = recipe
    const key = JSON.stringify([policy, clock ?? startSeconds, options, requirement, jwks])
    const server = this.#servers.get(key) ?? this.#start(recipe)
    this.#servers.set(key, server)
    return server
  }

  async close(): Promise<void> {
    for (const started of await Promise.allSettled(this.#servers.values())) {
      if (started.status === 'fulfilled') await started.value.running.close()
    }
  }

  async #start(recipe: AttackRecipe): Promise<PooledServer> {
    const log = new RejectionLog()
    const now = () => (recipe.clock ?? startSeconds) * 1000
    const setup = setupOf(recipe, { ring: this.#ring, now, onAuthError: log.note })
    return { running: await this.#target.start(setup), log }
  }
}
