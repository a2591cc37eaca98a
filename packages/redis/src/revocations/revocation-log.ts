import type { RevocationEntry } from '@claimcheck/core/revocation'
import type { Commander } from '../redis-client.ts'
import type { RedisSettings } from '../redis-settings.ts'
import { RedisStoreError } from '../redis-store-error.ts'
import { Script } from '../script.ts'
import { readMessages } from './log-message.ts'
import type { LogMessage } from './log-message.ts'
import { readEntry, writeEntry } from './revocation-entry.ts'

/** Some of the live entries, and where the next are found. */
export interface LivePage {
  readonly cursor: string
  readonly entries: readonly RevocationEntry[]
}

/** What stands before the first message. */
export const beginning = '0-0'

/** How many messages a reader may be behind before it has to load anew. */
const keptMessages = 100_000
const keptMessageSeconds = 600
/** How many messages or entries come in one answer at most. */
export const messagesAtOnce = 1000

/**
 * Adds entries to the live ones, each under its end, and tells the stream of those that are new or end later than they did.
 * A message names the one before it, and `head` the last: a reader sees by them that one is missing, for whatever reason.
 * What is over by the slower of both clocks and the skew goes; a list that nobody writes to any more expires as a whole.
 */
const append = new Script(`
local live, stream, head = KEYS[1], KEYS[2], KEYS[3]
local callerNow, skew, most, kept, keptSeconds = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local _, replicas = string.gsub(redis.call('INFO', 'replication'), 'state=online', '')
local redisNow = tonumber(redis.call('TIME')[1])
local slower = math.min(redisNow, callerNow)
local over = math.min(redis.call('ZCOUNT', live, '-inf', '(' .. string.format('%.3f', slower - skew)), 1000)
if over > 0 then redis.call('ZREMRANGEBYRANK', live, 0, over - 1) end
if redis.call('ZCARD', live) >= most and not (ARGV[6] and redis.call('ZSCORE', live, ARGV[6])) then return {'full'} end
local last = redis.call('GET', head) or '${beginning}'
for i = 6, #ARGV, 2 do
  if redis.call('ZADD', live, 'GT', 'CH', ARGV[i + 1], ARGV[i]) == 1 then
    last = redis.call('XADD', stream, 'MAXLEN', '~', kept, '*', 'p', last, 'e', ARGV[i], 'u', ARGV[i + 1])
  end
end
redis.call('SET', head, last)
redis.call('XTRIM', stream, 'MINID', '~', string.format('%.0f-0', (redisNow - keptSeconds) * 1000))
local longest = redis.call('ZRANGE', live, -1, -1, 'WITHSCORES')[2] or '0'
local left = math.ceil((tonumber(longest) - slower + skew) * 1000)
redis.call('PEXPIRE', live, string.format('%.0f', math.max(left, 1000)))
redis.call('PEXPIRE', stream, string.format('%.0f', math.max(left, keptSeconds * 1000)))
return {last, replicas}
`)

/** What all processes share of revocations: the live entries, and the stream that tells of new ones. */
export class RevocationLog {
  readonly live: string
  readonly stream: string
  readonly head: string
  readonly #settings: RedisSettings

  constructor(settings: RedisSettings) {
    this.#settings = settings
    // One slot of a cluster, so that one script can write all three.
    const prefix = `${settings.prefix}:{revocations}`
    this.live = `${prefix}:live`
    this.stream = `${prefix}:stream`
    this.head = `${prefix}:head`
  }

  /** Writes entries in one step; `isBounded` refuses the first where as many as may be are live. Gives the online replicas. */
  async append(commander: Commander, entries: readonly RevocationEntry[], isBounded: boolean): Promise<number> {
    const { clockSkewSeconds, maxEntries, now } = this.#settings
    const subjectSeconds = subjectSecondsOf(this.#settings)
    const most = isBounded ? maxEntries : Number.MAX_SAFE_INTEGER
    const written = entries.map((entry) => writeEntry(entry, subjectSeconds)).flatMap(({ text, end }) => [text, end])
    const bounds = [now() / 1000, clockSkewSeconds, most, keptMessages, keptMessageSeconds]
    const answer = await append.run(commander, [this.live, this.stream, this.head], [...bounds, ...written])
    const [last, replicas]: unknown[] = Array.isArray(answer) ? answer : []
    if (last === 'full') {
      const remedy = `${maxEntries} revocations are live, which is all that maxEntries allows: raise it, or let tokens live shorter`
      throw new RedisStoreError('full', remedy)
    }
    if (typeof last !== 'string' || typeof replicas !== 'number') throw unexpected('an append')
    return replicas
  }

  /** The id of the last message. */
  async readHead(commander: Commander): Promise<string> {
    const head = await commander.get(this.head)
    if (head !== null && typeof head !== 'string') throw unexpected('a question for the head')
    return head ?? beginning
  }

  /** A part of the live entries, from cursor to cursor until it is '0' again; what is added meanwhile is in the stream. */
  async readLive(commander: Commander, cursor: string): Promise<LivePage> {
    return readScanned(await commander.zScan(this.live, cursor, { COUNT: messagesAtOnce }))
  }

  /** The messages after the last that was read; none where none came in the time. */
  async readAfter(commander: Commander, last: string, blockMilliseconds: number): Promise<readonly LogMessage[]> {
    const answer = await commander.xRead(
      { key: this.stream, id: last },
      { BLOCK: blockMilliseconds, COUNT: messagesAtOnce },
    )
    if (answer === null) return []
    return readMessages(answer) ?? unexpectedly('a reading of the stream')
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
