export { createIssuer } from './create-issuer.ts'
export type { Issuer, SessionIssuer } from './create-issuer.ts'
export type { IssuerOptions, SessionIssuerOptions } from './issuer-options.ts'
export { serializeAccessCookie } from './cookies/access-cookie.ts'
export type { AccessCookieOptions, AccessCookieTokens } from './cookies/access-cookie.ts'
export { createRefreshTokenReader, serializeRefreshCookie } from './cookies/refresh-cookie.ts'
export type { RefreshCookieOptions, RefreshCookieTokens, RefreshTokenReaderOptions } from './cookies/refresh-cookie.ts'
export type { AccessToken } from './tokens/access-token.ts'
export type { LoginClaims } from './tokens/login-claims.ts'
export type { EncryptOptions } from './keys/encryption.ts'
export { generateKeys } from './keys/generate-keys.ts'
export { importSigningKey } from './keys/import-signing-key.ts'
export type { ImportableKey } from './keys/import-signing-key.ts'
export type { IssuerMetadata, PublishedDocument } from './keys/published-documents.ts'
export type {
  ExternalSigningKey,
  PrivateSigningKey,
  SecretSigningKey,
  SigningAlgorithm,
  SigningKey,
} from './keys/signing-key.ts'
export { createSessionStore } from './sessions/memory-session-store.ts'
export { RefreshError, SessionStoreFullError, SessionStoreUnavailableError } from './failure/errors.ts'
export type { RefreshReason } from './failure/errors.ts'
export type { RenewClaims, SessionOptions } from './sessions/session-options.ts'
export type { SessionDetails, Tokens } from './sessions/sessions.ts'
export type {
  CreateSession,
  EndSession,
  LookupResult,
  RotateToken,
  RotationResult,
  Session,
  SessionInfo,
  SessionStore,
  SubjectRef,
  TokenHashes,
  TokenLookup,
} from './sessions/session-store.ts'
