export type { Beginning, Rotated, Rotation, Session, SessionStore, TokenHashes } from './sessions/session-store.ts'
