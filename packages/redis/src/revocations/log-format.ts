import type { RevocationEntry } from '@claimcheck/core/revocation'

/** An entry as Redis stores it: every process writes the same text for the same revocation. */
export interface SerializedEntry {
  readonly text: string
  /** When the entry ends, in seconds. */
  readonly end: number
}

const letters = { tokens: 't', sessions: 's', subjects: 'u' } as const

/** `subjectSeconds` is how long the entry of a subject counts after its `issuedBefore`. It must be the same in all processes. */
export function serializeEntry({ kind, issuer, name, time }: RevocationEntry, subjectSeconds: number): SerializedEntry {
  const text = JSON.stringify([letters[kind], issuer, name, ...(kind === 'subjects' ? [time] : [])])
  return { text, end: kind === 'subjects' ? time + subjectSeconds : Math.ceil(time) }
}

/** Parses the text of an entry. Returns null for anything that `serializeEntry` does not write. */
export function parseEntry(text: unknown, end: number): RevocationEntry | null {
  const parts = typeof text === 'string' ? parseJson(text) : null
  if (!Array.isArray(parts) || !Number.isFinite(end)) return null
  const [letter, issuer, name, issuedBefore]: unknown[] = parts
  if ((issuer !== null && typeof issuer !== 'string') || typeof name !== 'string') return null
  if (letter === letters.tokens) return { kind: 'tokens', issuer, name, time: end }
  if (letter === letters.sessions) return { kind: 'sessions', issuer, name, time: end }
  if (letter !== letters.subjects || typeof issuedBefore !== 'number') return null
  return { kind: 'subjects', issuer, name, time: issuedBefore }
}

/** A message of the stream: its entry, and the id of the message before it. */
export interface LogMessage {
  readonly id: string
  readonly previous: string
  readonly entry: RevocationEntry
}

/**
 * Parses the response to XREAD on one stream. Returns null if any message cannot be parsed: skipping it would accept a token
 * that it revokes.
 */
export function parseMessages(response: unknown): readonly LogMessage[] | null {
  const messages: unknown = Array.isArray(response) ? Reflect.get(Object(response[0]), 'messages') : null
  if (!Array.isArray(messages)) return null
  const parsed = messages.map(parseMessage).filter((message) => message !== null)
  return parsed.length < messages.length ? null : parsed
}

function parseMessage(message: unknown): LogMessage | null {
  const id: unknown = Reflect.get(Object(message), 'id')
  const fields: object = Object(Reflect.get(Object(message), 'message'))
  const [previous, text, end]: unknown[] = ['p', 'e', 'u'].map((name) => Reflect.get(fields, name))
  const entry = parseEntry(text, Number(end))
  return typeof id === 'string' && typeof previous === 'string' && entry !== null ? { id, previous, entry } : null
}

/** Whether a message is missing after `lastId`. If there are no messages, `newestId` must equal `lastId`. */
export function isBroken(messages: readonly LogMessage[], lastId: string, newestId: string): boolean {
  if (messages.length === 0) return newestId !== lastId
  let before = lastId
  for (const { id, previous } of messages) {
    if (previous !== before) return true
    before = id
  }
  return false
}

/** What Redis contains, as one script saw it. */
export interface LogState {
  /**
   * `empty`: nothing, as before the first start. `first`: only data that were written before the first start was finished.
   * `whole`: everything that was written and has not ended. `lost`: some data are missing.
   */
  readonly kind: 'empty' | 'first' | 'whole' | 'lost'
  readonly lastId: string
  /** Identifies the data if they are whole; otherwise an empty string. */
  readonly generation: string
  /** When a process noticed the loss, in seconds; null if no process has written that since the last loss. */
  readonly lostAt: number | null
}

/** Parses the response of a script that returns the state. Returns null if it is something else. */
export function parseState(response: unknown): LogState | null {
  const [kind, lastId, detail]: unknown[] = Array.isArray(response) ? response : []
  if (typeof lastId !== 'string' || typeof detail !== 'string') return null
  if (kind === 'empty' || kind === 'first') return { kind, lastId, generation: '', lostAt: null }
  if (kind === 'whole') return { kind, lastId, generation: detail, lostAt: null }
  if (kind !== 'lost') return null
  const lostAt = detail === '' ? NaN : Number(detail)
  return { kind, lastId, generation: '', lostAt: Number.isFinite(lostAt) ? lostAt : null }
}

/** Creates an identifier for the data of a first start, or for data that were restored after a loss. */
export function createGeneration(origin: 'first' | 'restored'): string {
  return `${origin}-${globalThis.crypto.randomUUID()}`
}

/** Whether a process restored these data after a loss. */
export function isRestored({ generation }: LogState): boolean {
  return generation.startsWith('restored-')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
