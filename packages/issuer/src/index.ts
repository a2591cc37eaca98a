export { createIssuer } from './create-issuer.ts'
export type { Issuer, SessionIssuer } from './create-issuer.ts'
export type { IssuerOptions, SessionIssuerOptions } from './issuer-settings.ts'
export { serializeAccessCookie } from './access-cookie.ts'
export type { AccessCookieOptions, AccessCookieTokens } from './access-cookie.ts'
export { createRefreshTokenReader, serializeRefreshCookie } from './refresh-cookie.ts'
export type { RefreshCookieOptions, RefreshCookieTokens, RefreshTokenReaderOptions } from './refresh-cookie.ts'
export type { AccessToken } from './access-token.ts'
export type { LoginClaims } from './claims/login-claims.ts'
export type { EncryptOptions } from './encryption/encryption-settings.ts'
export { generateKeys } from './keys/generate-keys.ts'
export { importSigningKey } from './keys/import-signing-key.ts'
export type { ImportableKey } from './keys/import-signing-key.ts'
export type { IssuerMetadata, PublishedDocument } from './keys/published-documents.ts'
export type { SigningAlgorithm } from './keys/signing-algorithms.ts'
export type { ExternalSigningKey, PrivateSigningKey, SecretSigningKey, SigningKey } from './keys/signing-key.ts'
export { createSessionStore } from './sessions/create-session-store.ts'
export { SessionStoreFullError } from './sessions/session-store-full.ts'
export { RefreshError } from './sessions/refresh-error.ts'
export type { RefreshReason } from './sessions/refresh-error.ts'
export type { RenewClaims, SessionOptions } from './sessions/session-settings.ts'
export type { SessionInfo, Tokens } from './sessions/sessions.ts'
export { SessionStoreUnavailableError } from './sessions/sessions-unavailable.ts'
export type {
  CreateSession,
  EndSession,
  TokenLookup,
  RotationResult,
  RotateToken,
  LookupResult,
  Session,
  SessionStore,
  SubjectRef,
  TokenHashes,
} from './sessions/session-store.ts'
