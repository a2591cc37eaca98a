/** For packages that share revocations: the list in memory that every process asks, whoever fills it. */
export { readRevocation } from './revocation/read-revocation.ts'
export type { NamedEntry } from './revocation/read-revocation.ts'
export { publishRevocation } from './revocation/publish-revocation.ts'
export { RevocationEntries } from './revocation/revocation-entries.ts'
export type { EntryKind } from './revocation/bloom-filter.ts'
export type { RevocationEntry } from './revocation/revocation-entries.ts'
