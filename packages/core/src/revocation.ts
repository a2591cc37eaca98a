export { createRevocations, RevocationListFullError } from './revocation/list.ts'
export type { RevocationsOptions } from './revocation/list.ts'
/** For other implementations of `Revocations`: the list in memory, and what adds to it. */
export { publishRevocation, readRevocation, RevocationEntries } from './revocation/list.ts'
export type { NamedEntry, RevocationEntry } from './revocation/list.ts'
export type { EntryKind } from './revocation/check.ts'
