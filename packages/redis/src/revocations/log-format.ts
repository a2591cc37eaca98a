import type { RevocationEntry } from '@claimcheck/core/revocation'
import { readEntry } from './revocation-entry.ts'

/** A message of the stream: its entry, and the message before it. */
export interface LogMessage {
  readonly id: string
  readonly previous: string
  readonly entry: RevocationEntry
}

/** Reads the answer to XREAD on one stream; null where it is none of ours. */
export function readMessages(answer: unknown): readonly LogMessage[] | null {
  const messages = messagesIn(answer)
  const read = messages?.map(readMessage) ?? []
  // To pass over what cannot be read would be to let in whom it revokes.
  const known = read.filter((message) => message !== null)
  return messages === null || known.length < read.length ? null : known
}

function messagesIn(answer: unknown): readonly unknown[] | null {
  const messages: unknown = Array.isArray(answer) ? Reflect.get(Object(answer[0]), 'messages') : null
  return Array.isArray(messages) ? messages : null
}

function readMessage(given: unknown): LogMessage | null {
  const id: unknown = Reflect.get(Object(given), 'id')
  const fields: object = Object(Reflect.get(Object(given), 'message'))
  const [previous, text, end]: unknown[] = ['p', 'e', 'u'].map((name) => Reflect.get(fields, name))
  const entry = readEntry(text, Number(end))
  return typeof id === 'string' && typeof previous === 'string' && entry !== null ? { id, previous, entry } : null
}

/** Whether a message is missing after the last that was read; where none came, by the last that there is. */
export function isBroken(messages: readonly LogMessage[], lastId: string, newestId: string): boolean {
  if (messages.length === 0) return newestId !== lastId
  let before = lastId
  for (const { id, previous } of messages) {
    if (previous !== before) return true
    before = id
  }
  return false
}
