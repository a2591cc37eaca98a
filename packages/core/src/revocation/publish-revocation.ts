import type { RevocationEntry } from './revocation-entries.ts'
import { revocations } from '../diagnostics/channels.ts'

const kinds = { tokens: 'token', sessions: 'session', subjects: 'subject' } as const

/** Tells those who subscribed to `claimcheck:revoke` of an entry that is in its list; it does not tell whose it is. */
export function publishRevocation({ kind, issuer, time }: RevocationEntry, subjectSeconds: number): void {
  if (!revocations.hasSubscribers) return
  const expiresAt = kind === 'subjects' ? time + subjectSeconds : time
  revocations.publish(Object.freeze({ kind: kinds[kind], issuer, expiresAt }))
}
