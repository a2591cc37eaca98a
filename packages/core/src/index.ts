export { createAuth } from './auth.ts'
export type { Auth } from './auth.ts'
export type { IssuerState } from './keys/key-watch.ts'
export type { AuthOptions, CommonOptions } from './config/auth-settings.ts'
export type { IssuerOptions } from './config/issuer-settings.ts'
export type { DecryptSettings } from './config/decrypt-settings.ts'
export type { DecryptionKey, EncryptionKey, PrivateKey } from './encryption/read-jwe-key.ts'
export type { KeySettings, RemoteKeySettings, Secret } from './config/key-settings.ts'
export { AuthError, ConfigError, isAuthError, refusalCodes } from './errors.ts'
export type { RefusalCode, RefusalDetails } from './errors.ts'
export type { Register, RegisteredPrincipal, RegisteredRole } from './register.ts'
export type { Principal } from './principal.ts'
export type { JwtClaims } from './token/jwt-claims.ts'
export type { RoleMap, RoleRule } from './roles.ts'
export type { ClaimPath, ClaimRule } from './claim-rule.ts'
export { allOf, anyOf, hasClaim, hasRole, hasScope, where } from './access/policy.ts'
export type { Policy } from './access/policy.ts'
export { authorize, decide } from './access/decide.ts'
export type { Decision } from './access/decide.ts'
export type {
  RevocableToken,
  Revocations,
  Revoker,
  SessionRevocation,
  SubjectRevocation,
  TokenRevocation,
} from './revocation/revocations.ts'
export { toRefusal } from './http/refusal.ts'
export type { Refusal } from './http/refusal.ts'
export type { RequestLike } from './token/request-like.ts'
export type { CookiePlace, HeaderPlace, TokenFrom, TokenPlace } from './token/token-place.ts'
export { createCookieReader } from './token/cookie-reader.ts'
export type { Fetch, FetchAnswer, FetchInit } from './keys/fetch-json.ts'
export type { KeyQuery, KeySource, KeySourceState } from './keys/key-source.ts'
export { createVerificationKey } from './keys/create-verification-key.ts'
export type { VerificationKey } from './keys/verification-key.ts'
export type { Jwk, KeyObjectLike, PublicKey } from './keys/public-key.ts'
export type { Algorithm, AlgorithmName, HmacAlgorithm } from './keys/algorithms.ts'
