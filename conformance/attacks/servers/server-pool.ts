import type { AttackRecipe } from '../corpus/attack-case.ts'
import type { KeyRing } from '../tokens/key-ring.ts'
import type { AttackTarget, RunningTarget } from './attack-target.ts'
import { setupOf } from './policies.ts'
import { RefusalLog } from './refusal-log.ts'

/** 2026-01-01T00:00:00Z, the second at which every case happens that has no clock of its own. */
export const startSeconds = 1_767_225_600

export interface PooledServer {
  readonly running: RunningTarget
  readonly log: RefusalLog
}

/** The servers of one target by their setups: cases that change nothing of a server may share it. */
export class ServerPool {
  readonly #target: AttackTarget
  readonly #ring: KeyRing
  readonly #servers = new Map<string, Promise<PooledServer>>()

  constructor(target: AttackTarget, ring: KeyRing) {
    this.#target = target
    this.#ring = ring
  }

  /** Rejects where the start is refused. */
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
    const log = new RefusalLog()
    const now = () => (recipe.clock ?? startSeconds) * 1000
    const setup = setupOf(recipe, { ring: this.#ring, now, onAuthError: log.note })
    return { running: await this.#target.start(setup), log }
  }
}
