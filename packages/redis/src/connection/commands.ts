import { createHash } from 'node:crypto'
import { classProperty } from '@claimcheck/core/internal'
import type { CommandClient, RedisClient } from '../redis-client.ts'
import { RedisStoreError, toStoreError } from '../redis-store-error.ts'

/** Runs commands within a time limit. Rejects with a RedisStoreError or with the error of the client. */
export type RunCommands = <T>(work: (commands: CommandClient) => Promise<T>) => Promise<T>

/**
 * Creates a function that runs commands on the client of the user. It rejects with a RedisStoreError, without sending
 * anything if `findOutage` returns one.
 */
export function createCommandRunner(
  client: RedisClient,
  milliseconds: number,
  findOutage: () => RedisStoreError | null,
): RunCommands {
  return async (work) => {
    const outage = findOutage()
    if (outage !== null) throw outage
    try {
      return await withTimeout(client, milliseconds, work)
    } catch (error) {
      throw toStoreError(error)
    }
  }
}

/**
 * Runs commands, but not longer than a time limit. A command that has not been sent by then is never sent. A process that
 * was busy or frozen first reads the responses that have arrived in the meantime, so it does not take its own delay for a
 * delay of Redis.
 */
export async function withTimeout<T>(
  client: RedisClient,
  milliseconds: number,
  work: (commands: CommandClient) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    const expire = () => {
      const remedy = 'check whether it is running, overloaded or unreachable'
      reject(new RedisStoreError('timeout', `Redis did not respond within ${milliseconds / 1000} s: ${remedy}`))
      controller.abort()
    }
    // Node runs due timers before it reads from sockets, and immediates afterwards.
    timer = setTimeout(() => setImmediate(expire), milliseconds)
  })
  try {
    const commands = client.withCommandOptions({ typeMapping: {}, abortSignal: controller.signal })
    return await Promise.race([work(commands), timeout])
  } finally {
    clearTimeout(timer)
  }
}

/** A Lua script. Redis runs it atomically. */
export class Script {
  readonly #text: string
  readonly #sha: string

  constructor(text: string) {
    this.#text = text
    this.#sha = createHash('sha1').update(text).digest('hex')
  }

  /** Runs the script by its hash, or by its text if Redis does not have it yet. */
  async run(
    commands: CommandClient,
    keys: readonly string[],
    scriptArguments: readonly (string | number)[],
  ): Promise<unknown> {
    const input = { keys: [...keys], arguments: scriptArguments.map(String) }
    try {
      return await commands.evalSha(this.#sha, input)
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      return commands.eval(this.#text, input)
    }
  }
}

type SendCommand = (...args: unknown[]) => Promise<unknown>

/** Sends a command as a list of words. In a cluster, `key` selects the node. The key prefix of a client is not applied. */
export function sendCommand(commands: CommandClient, key: string, words: readonly string[]): Promise<unknown> {
  const send = commands.sendCommand.bind(commands) as unknown as SendCommand
  const has = (name: string) => classProperty(commands, name) !== undefined
  if (has('masters')) return send(key, false, [...words]) // a cluster
  return has('getMasterNode') ? send(false, [...words]) : send([...words]) // a Sentinel, or one server
}
