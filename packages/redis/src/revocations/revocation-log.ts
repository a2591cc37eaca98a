import type { RevocationEntries, RevocationEntry } from '@claimcheck/core/revocation'
import type { RunCommands, Script } from '../connection/commands.ts'
import type { CommandClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-options.ts'
import { RedisStoreError } from '../redis-store-error.ts'
import { createGeneration, parseEntry, parseMessages, parseState, serializeEntry } from './log-format.ts'
import type { LogMessage, LogState } from './log-format.ts'
import { append, begin, look, noteLoss, restore } from './log-scripts.ts'

/** Some of the live entries, and the cursor of the next page. */
interface LivePage {
  readonly cursor: string
  readonly entries: readonly RevocationEntry[]
}

export interface AppendOptions {
  /** Whether to reject the first entry if `maxEntries` are live. */
  readonly isBounded: boolean
  /** Whether this process has not loaded the revocations yet. */
  readonly isStarting: boolean
}

/** A reader that is further behind must load all entries again. */
const maxStreamLength = 100_000
const maxStreamSeconds = 600
/** The maximum number of messages or entries in one response. */
export const batchSize = 1000

/** The revocations in Redis, which all processes share: the live entries, and a stream of new ones. */
export class RevocationLog {
  readonly live: string
  readonly stream: string
  readonly head: string
  readonly generation: string
  readonly #settings: RedisSettings

  constructor(settings: RedisSettings) {
    this.#settings = settings
    // The keys are in one slot of a cluster, so that one script can write all of them.
    const prefix = `${settings.prefix}:{revocations}`
    this.live = `${prefix}:live`
    this.stream = `${prefix}:stream`
    this.head = `${prefix}:head`
    this.generation = `${prefix}:generation`
  }

  /** Writes entries atomically. Returns how many replicas are online. */
  async append(
    commands: CommandClient,
    entries: readonly RevocationEntry[],
    { isBounded, isStarting }: AppendOptions,
  ): Promise<number> {
    const { clockSkewSeconds, maxEntries, now } = this.#settings
    const subjectSeconds = subjectSecondsOf(this.#settings)
    const max = isBounded ? maxEntries : Number.MAX_SAFE_INTEGER
    const serialized = entries.map((entry) => serializeEntry(entry, subjectSeconds))
    const limits = [now() / 1000, clockSkewSeconds, max, maxStreamLength, maxStreamSeconds, isStarting ? 1 : 0]
    const response = await this.#run(append, commands, [
      ...limits,
      ...serialized.flatMap(({ text, end }) => [text, end]),
    ])
    const [last, replicas]: unknown[] = Array.isArray(response) ? response : []
    if (last === 'full') {
      const remedy = 'raise it, or shorten the lifetime of tokens'
      throw new RedisStoreError(
        'full',
        `The maximum of live revocations is reached (maxEntries: ${maxEntries}): ${remedy}`,
      )
    }
    if (typeof last !== 'string' || typeof replicas !== 'number') throw unexpected('append')
    return replicas
  }

  /** Returns what Redis contains. */
  async look(commands: CommandClient): Promise<LogState> {
    const response = await this.#run(look, commands, [this.#settings.now() / 1000])
    return parseState(response) ?? throwUnexpected('look')
  }

  /** Finishes the first start, unless Redis contains other data in the meantime. */
  async begin(commands: CommandClient): Promise<void> {
    await this.#run(begin, commands, [this.#settings.now() / 1000, createGeneration('first')])
  }

  /** Writes that data were lost, for processes that start later. */
  async noteLoss(commands: CommandClient): Promise<void> {
    await this.#run(noteLoss, commands, [this.#settings.now() / 1000])
  }

  /**
   * Declares the data complete after the data of `generation` were incomplete. Returns their new generation, by which every
   * process notices the loss; null if Redis has fewer than `entries` entries.
   */
  async restore(commands: CommandClient, generation: string, entries: number): Promise<string | null> {
    const scriptArguments = [this.#settings.now() / 1000, createGeneration('restored'), entries, generation]
    const state = parseState(await this.#run(restore, commands, scriptArguments))
    if (state === null) throw unexpected('restore')
    return state.kind === 'whole' ? state.generation : null
  }

  /** Adds all live entries to a list, page by page. Entries that are written meanwhile are in the stream. */
  async load(run: RunCommands, list: RevocationEntries): Promise<void> {
    let cursor = '0'
    do {
      const current = cursor
      const page = parsePage(await run((commands) => commands.zScan(this.live, current, { COUNT: batchSize })))
      for (const entry of page.entries) list.add(entry.kind, entry)
      cursor = page.cursor
    } while (cursor !== '0')
  }

  /** Returns the messages after `last`; an empty list if none arrives within the time limit. */
  async readAfter(commands: CommandClient, last: string, blockMilliseconds: number): Promise<readonly LogMessage[]> {
    const response = await commands.xRead(
      { key: this.stream, id: last },
      { BLOCK: blockMilliseconds, COUNT: batchSize },
    )
    if (response === null) return []
    return parseMessages(response) ?? throwUnexpected('XREAD')
  }

  #run(script: Script, commands: CommandClient, scriptArguments: readonly (string | number)[]): Promise<unknown> {
    return script.run(commands, [this.live, this.stream, this.head, this.generation], scriptArguments)
  }
}

function parsePage(response: unknown): LivePage {
  const members: unknown = Reflect.get(Object(response), 'members')
  if (!Array.isArray(members)) throw unexpected('ZSCAN')
  const entries = members.map((member) => {
    const text: unknown = Reflect.get(Object(member), 'value')
    const end = Number(Reflect.get(Object(member), 'score'))
    // Not skipped, because that would accept a token that the entry revokes.
    return parseEntry(text, end) ?? throwUnexpected('ZSCAN')
  })
  return { cursor: String(Reflect.get(Object(response), 'cursor')), entries }
}

/** How long the entry of a subject counts after its `issuedBefore`. */
export function subjectSecondsOf({ maxTokenLifetimeSeconds, clockToleranceSeconds }: RedisSettings): number {
  return maxTokenLifetimeSeconds + clockToleranceSeconds
}

function throwUnexpected(command: string): never {
  throw unexpected(command)
}

function unexpected(command: string): RedisStoreError {
  return new RedisStoreError(
    'unexpected',
    `Redis returned an unknown response to ${command}: does another program use the same prefix?`,
  )
}
