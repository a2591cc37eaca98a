import type { CommandClient, RedisClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-options.ts'
import { toStoreError, RedisStoreError } from '../redis-store-error.ts'
import { Script } from '../script.ts'
import { sendCommand } from '../send-command.ts'
import { warn } from '../lib/warn.ts'
import { withTimeout } from '../within-time.ts'
import { requiredCommands, trialOf } from './rights.ts'

const nothing = new Script('return 1')
const memory = new Script(`return redis.call('INFO', 'memory')`)

/** The eviction policy is read again after so many heartbeats, because an operator can change it at any time. */
const policyHeartbeats = 10

/**
 * Checks what Redis has to be for these stores: each right of the user at the start, the eviction policy at each connection and
 * from time to time.
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

  /** What is wrong with a Redis that a running process follows nevertheless. */
  get problem(): RedisStoreError | null {
    return this.#policyProblem
  }

  /** Throws a RedisStoreError if the process must not start on this Redis. Returns at once if it was checked a moment ago. */
  async run(client: RedisClient, isStarting: boolean): Promise<void> {
    if (client === this.#checkedClient && performance.now() - this.#checkedAt < this.#policyMilliseconds) return
    await this.#check(client, isStarting)
    this.#checkedClient = client
    this.#checkedAt = performance.now()
  }

  async #check(client: RedisClient, isStarting: boolean): Promise<void> {
    if (!this.#hasRights) {
      const missing = await this.#ask(client, (commander) => this.#findMissingRights(commander))
      if (missing.length > 0) throw denied(missing)
      this.#hasRights = true
    }
    const policy = await this.#readPolicy(client)
    if (policy === null) this.#warnOnce(unreadable)
    this.#policyProblem = policy === null || policy === 'noeviction' ? null : evicting()
    if (this.#policyProblem === null) return
    if (isStarting) throw this.#policyProblem
    this.#warnOnce(this.#policyProblem.message)
  }

  /** As they are written in a rule: `+command` and `~keys`. */
  async #findMissingRights(commander: CommandClient): Promise<readonly string[]> {
    const absent = `${this.#prefix}:{revocations}:absent`
    const commands = Object.entries(requiredCommands).map(async ([name, words]) => {
      const refusal = await refusalOf(sendCommand(commander, absent, trialOf(name, words, absent)))
      return refusal === 'command' ? [`+${name}`] : []
    })
    const keys = ['{revocations}:*', 'family:*', 'subject:*', 'once:*'].map(async (pattern) => {
      const key = `${this.#prefix}:${pattern.replace('*', 'absent')}`
      const refusals = await Promise.all([
        refusalOf(commander.get(key)),
        refusalOf(nothing.run(commander, [key], [])), // to read and to write
      ])
      return refusals.includes('key') ? [`~<prefix>:${pattern}`] : []
    })
    return (await Promise.all([...commands, ...keys])).flat()
  }

  /** null if Redis does not say. */
  async #readPolicy(client: RedisClient): Promise<string | null> {
    const key = `${this.#prefix}:{revocations}:head`
    try {
      const text = await this.#ask(client, (commander) => memory.run(commander, [key], []))
      return /^maxmemory_policy:(\S+)/m.exec(String(text))?.[1] ?? null
    } catch (error) {
      const { reason } = toStoreError(error)
      if (reason === 'denied' || reason === 'unexpected') return null
      throw error
    }
  }

  #ask<T>(client: RedisClient, work: (commander: CommandClient) => Promise<T>): Promise<T> {
    return withTimeout(client, this.#milliseconds, work)
  }

  #warnOnce(message: string): void {
    if (!this.#warned.has(message)) warn(message)
    this.#warned.add(message)
  }
}

/** Which right the ACL lacks; null if it is not the ACL that refuses. An outage is thrown. */
async function refusalOf(trial: Promise<unknown>): Promise<'command' | 'key' | null> {
  try {
    await trial
    return null
  } catch (error) {
    const { reason } = toStoreError(error)
    if (reason === 'unreachable' || reason === 'timeout' || !(error instanceof Error)) throw error
    const isRefused = error.message.startsWith('NOPERM')
    // Without a login Redis says nothing about rights.
    if (reason === 'denied' && !isRefused) throw error
    if (!isRefused) return null
    return /permissions to run /.test(error.message) ? 'command' : 'key'
  }
}

function denied(missing: readonly string[]): RedisStoreError {
  const remedy = 'grant them, as the rule in docs/login-revocation.md does'
  return new RedisStoreError('denied', `The ACL user lacks these rights: ${missing.join(' ')}; ${remedy}`)
}

function evicting(): RedisStoreError {
  const remedy = 'set maxmemory-policy to noeviction'
  return new RedisStoreError('misconfigured', `Redis may evict keys, and so let revoked tokens in: ${remedy}`)
}

const unreadable =
  'Redis does not show its eviction policy in INFO memory: make sure that maxmemory-policy is noeviction, or revoked tokens may be accepted'
