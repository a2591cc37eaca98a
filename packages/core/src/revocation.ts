export { createRevocations, RevocationListFullError } from './revocation/list.ts'
export type { RevocationsOptions } from './revocation/list.ts'
/** For other implementations: the list in memory that every process reads, and how revocations get into it. */
export { publishRevocation, readRevocation, RevocationEntries } from './revocation/list.ts'
export type { NamedEntry, RevocationEntry } from './revocation/list.ts'
export type { EntryKind } from './revocation/check.ts'
