import type { RevocationEntry } from '@claimcheck/core/revocation'

const letters = { tokens: 't', sessions: 's', subjects: 'u' } as const

/** An entry as Redis holds it: one text for one revocation, whoever writes it, and when it is over, in seconds. */
export interface WrittenEntry {
  readonly text: string
  readonly end: number
}

/** How long the entry of a subject counts after its `issuedBefore` is the same for all, or they would not agree on its end. */
export function writeEntry({ kind, issuer, name, time }: RevocationEntry, subjectSeconds: number): WrittenEntry {
  const text = JSON.stringify([letters[kind], issuer, name, ...(kind === 'subjects' ? [time] : [])])
  return { text, end: kind === 'subjects' ? time + subjectSeconds : Math.ceil(time) }
}

/** Reads what `writeEntry` wrote; null for anything else. */
export function readEntry(text: unknown, end: number): RevocationEntry | null {
  const parts = typeof text === 'string' ? parse(text) : null
  if (!Array.isArray(parts) || !Number.isFinite(end)) return null
  const [letter, issuer, name, issuedBefore]: unknown[] = parts
  if ((issuer !== null && typeof issuer !== 'string') || typeof name !== 'string') return null
  if (letter === letters.tokens) return { kind: 'tokens', issuer, name, time: end }
  if (letter === letters.sessions) return { kind: 'sessions', issuer, name, time: end }
  if (letter !== letters.subjects || typeof issuedBefore !== 'number') return null
  return { kind: 'subjects', issuer, name, time: issuedBefore }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
