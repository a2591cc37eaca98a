import type { RevocationEntries, RevocationEntry } from '@claimcheck/core/revocation'
import type { CommandClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-options.ts'
import { RedisStoreError } from '../redis-store-error.ts'
import type { Script } from '../script.ts'
import type { Step } from '../connection/commands.ts'
import { readMessages } from './log-format.ts'
import type { LogMessage } from './log-format.ts'
import { append, begin, look, note, restore } from './log-scripts.ts'
import { newGeneration, readState } from './log-state.ts'
import type { LogState } from './log-state.ts'
import { readEntry, writeEntry } from './revocation-entry.ts'

/** Some of the live entries, and where the next are found. */
interface LivePage {
  readonly cursor: string
  readonly entries: readonly RevocationEntry[]
}

/** How entries are appended. */
export interface AppendManner {
  /** Refuses the first entry if as many as `maxEntries` are live. */
  readonly isBounded: boolean
  /** Whether this process has not loaded the revocations yet. */
  readonly isStarting: boolean
}

/** How many messages a reader may be behind before it has to load anew. */
const keptMessages = 100_000
const keptMessageSeconds = 600
/** How many messages or entries come in one answer at most. */
export const messagesAtOnce = 1000

/** What all processes share of revocations: the live entries, and the stream that tells of new ones. */
export class RevocationLog {
  readonly live: string
  readonly stream: string
  readonly head: string
  readonly generation: string
  readonly #settings: RedisSettings

  constructor(settings: RedisSettings) {
    this.#settings = settings
    // One slot of a cluster, so that one script can write all of them.
    const prefix = `${settings.prefix}:{revocations}`
    this.live = `${prefix}:live`
    this.stream = `${prefix}:stream`
    this.head = `${prefix}:head`
    this.generation = `${prefix}:generation`
  }

  /** Writes entries in one step and returns how many replicas are online. */
  async append(commander: CommandClient, entries: readonly RevocationEntry[], manner: AppendManner): Promise<number> {
    const { clockSkewSeconds, maxEntries, now } = this.#settings
    const subjectSeconds = subjectSecondsOf(this.#settings)
    const most = manner.isBounded ? maxEntries : Number.MAX_SAFE_INTEGER
    const written = entries.map((entry) => writeEntry(entry, subjectSeconds)).flatMap(({ text, end }) => [text, end])
    const bounds = [now() / 1000, clockSkewSeconds, most, keptMessages, keptMessageSeconds, manner.isStarting ? 1 : 0]
    const answer = await this.#run(append, commander, [...bounds, ...written])
    const [last, replicas]: unknown[] = Array.isArray(answer) ? answer : []
    if (last === 'full') {
      const remedy = `${maxEntries} revocations are live, which is all that maxEntries allows: raise it, or let tokens live shorter`
      throw new RedisStoreError('full', remedy)
    }
    if (typeof last !== 'string' || typeof replicas !== 'number') throw unexpected('an append')
    return replicas
  }

  /** What Redis contains, at one moment. */
  async look(commander: CommandClient): Promise<LogState> {
    const response = await this.#run(look, commander, [this.#settings.now() / 1000])
    return readState(response) ?? unexpectedly('a question for the head')
  }

  /** Finishes the first start, unless Redis contains something else meanwhile. */
  async begin(commander: CommandClient): Promise<void> {
    await this.#run(begin, commander, [this.#settings.now() / 1000, newGeneration('first')])
  }

  /** Writes down that data were lost, for processes that start later. */
  async noteLoss(commander: CommandClient): Promise<void> {
    await this.#run(note, commander, [this.#settings.now() / 1000])
  }

  /**
   * Declares the data complete after `generation` of them lacked something, and returns their generation of now: by it, every
   * process notices the loss. Returns null if Redis has fewer entries than `entries`.
   */
  async restore(commander: CommandClient, generation: string, entries: number): Promise<string | null> {
    const given = [this.#settings.now() / 1000, newGeneration('restored'), entries, generation]
    const response = readState(await this.#run(restore, commander, given))
    if (response === null) throw unexpected('a restoration')
    return response.kind === 'whole' ? response.generation : null
  }

  /** Adds all live entries to a list, part by part; what is written meanwhile is in the stream. */
  async load(ask: Step, list: RevocationEntries): Promise<void> {
    let cursor = '0'
    do {
      const at = cursor
      const page = readScanned(await ask((commander) => commander.zScan(this.live, at, { COUNT: messagesAtOnce })))
      for (const entry of page.entries) list.add(entry.kind, entry)
      cursor = page.cursor
    } while (cursor !== '0')
  }

  /** The messages after the last that was read; none where none came in the time. */
  async readAfter(commander: CommandClient, last: string, blockMilliseconds: number): Promise<readonly LogMessage[]> {
    const answer = await commander.xRead(
      { key: this.stream, id: last },
      { BLOCK: blockMilliseconds, COUNT: messagesAtOnce },
    )
    if (answer === null) return []
    return readMessages(answer) ?? unexpectedly('a reading of the stream')
  }

  #run(script: Script, commander: CommandClient, given: readonly (string | number)[]): Promise<unknown> {
    return script.run(commander, [this.live, this.stream, this.head, this.generation], given)
  }
}

function readScanned(page: unknown): LivePage {
  const members: unknown = Reflect.get(Object(page), 'members')
  if (!Array.isArray(members)) throw unexpected('a scan of the live entries')
  const entries = members.map((member) => {
    return entryOf(Reflect.get(Object(member), 'value'), Reflect.get(Object(member), 'score'))
  })
  return { cursor: String(Reflect.get(Object(page), 'cursor')), entries }
}

/** To pass over what cannot be read would be to let in whom it revokes. */
function entryOf(text: unknown, end: unknown): RevocationEntry {
  return readEntry(text, Number(end)) ?? unexpectedly('a reading of the entries')
}

/** How long the entry of a subject counts after its `issuedBefore`. */
export function subjectSecondsOf({ maxTokenLifetimeSeconds, clockToleranceSeconds }: RedisSettings): number {
  return maxTokenLifetimeSeconds + clockToleranceSeconds
}

function unexpectedly(what: string): never {
  throw unexpected(what)
}

function unexpected(what: string): RedisStoreError {
  return new RedisStoreError(
    'unexpected',
    `Redis answered ${what} with something else: is the prefix shared with others?`,
  )
}
