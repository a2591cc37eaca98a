import { Script, withTimeout } from '../connection/commands.ts'
import { warn } from '../lib/warn.ts'
import type { CommandClient, RedisClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-options.ts'
import { RedisStoreError, toStoreError } from '../redis-store-error.ts'
import { findMissingRights, missingRightsError } from './rights.ts'

const memoryInfo = new Script(`return redis.call('INFO', 'memory')`)

/** The eviction policy is read again after so many heartbeats, because an operator can change it at any time. */
const policyHeartbeats = 10

/**
 * Checks that Redis is suitable for these stores: the rights of the user at the start, and the eviction policy at each
 * connection and at intervals.
 */
export class ServerCheck {
  readonly #prefix: string
  readonly #milliseconds: number
  readonly #policyMilliseconds: number
  readonly #warned = new Set<string>()
  #hasRights = false
  #checkedClient: RedisClient | null = null
  #checkedAt = -Infinity
  #policyProblem: RedisStoreError | null = null

  constructor(settings: RedisSettings, milliseconds: number) {
    this.#prefix = settings.prefix
    this.#milliseconds = milliseconds
    this.#policyMilliseconds = policyHeartbeats * settings.heartbeatSeconds * 1000
  }

  /** A problem with which a running process continues to serve. */
  get problem(): RedisStoreError | null {
    return this.#policyProblem
  }

  /** Throws a RedisStoreError if the process must not start with this Redis. Does nothing if it was checked recently. */
  async run(client: RedisClient, isStarting: boolean): Promise<void> {
    if (client === this.#checkedClient && performance.now() - this.#checkedAt < this.#policyMilliseconds) return
    await this.#check(client, isStarting)
    this.#checkedClient = client
    this.#checkedAt = performance.now()
  }

  async #check(client: RedisClient, isStarting: boolean): Promise<void> {
    if (!this.#hasRights) {
      const missing = await this.#runCommands(client, (commands) => findMissingRights(commands, this.#prefix))
      if (missing.length > 0) throw missingRightsError(missing)
      this.#hasRights = true
    }
    const policy = await this.#readPolicy(client)
    if (policy === null) this.#warnOnce(unknownPolicy)
    this.#policyProblem = policy === null || policy === 'noeviction' ? null : evictionError()
    if (this.#policyProblem === null) return
    if (isStarting) throw this.#policyProblem
    this.#warnOnce(this.#policyProblem.message)
  }

  /** Returns null if Redis does not show its policy. */
  async #readPolicy(client: RedisClient): Promise<string | null> {
    const key = `${this.#prefix}:{revocations}:head`
    try {
      const text = await this.#runCommands(client, (commands) => memoryInfo.run(commands, [key], []))
      return /^maxmemory_policy:(\S+)/m.exec(String(text))?.[1] ?? null
    } catch (error) {
      const { reason } = toStoreError(error)
      if (reason === 'denied' || reason === 'unexpected') return null
      throw error
    }
  }

  #runCommands<T>(client: RedisClient, work: (commands: CommandClient) => Promise<T>): Promise<T> {
    return withTimeout(client, this.#milliseconds, work)
  }

  #warnOnce(message: string): void {
    if (!this.#warned.has(message)) warn(message)
    this.#warned.add(message)
  }
}

function evictionError(): RedisStoreError {
  const message =
    'Redis can evict revocations, so that revoked tokens are accepted again: set maxmemory-policy to noeviction'
  return new RedisStoreError('misconfigured', message)
}

const unknownPolicy =
  'Redis does not show its eviction policy in INFO memory: make sure that maxmemory-policy is noeviction, because Redis can otherwise lose revocations'
