/** Every public name. What most users never need is in other entries: see `exports` in package.json. */
export { createAuth } from './auth.ts'
export type { Auth, KeyStatus } from './auth.ts'
export type { AuthOptions, CommonOptions } from './config/auth-options.ts'
export type { TrustedIssuerOptions } from './config/issuer-options.ts'
export type { KeyOptions, RemoteKeyOptions, Secret } from './config/key-options.ts'
export { AuthError, ConfigError, isAuthError, authErrorCodes } from './failure/errors.ts'
export type { PublicCode, AuthErrorCode, AuthErrorDetails } from './failure/errors.ts'
export type { Register, RegisteredPrincipal, RegisteredRole } from './principal/register.ts'
export type { Actor, AnyPrincipal, Principal } from './principal/principal.ts'
export type { JwtClaims, KeyQuery } from './token/jwt-claims.ts'
export type { ClaimPath, ClaimRule, RoleMap, RoleRule } from './principal/roles.ts'
export { allOf, anyOf, hasClaim, hasRole, hasScope, where } from './access/policy.ts'
export type { Policy } from './access/policy.ts'
export { decide } from './access/decide.ts'
export type { Decision, MissingFromToken } from './access/decide.ts'
export type { ExplainedStep, ExplainOptions, Explanation, StepName } from './explain/explanation.ts'
export type {
  RevocableToken,
  Revocations,
  Revoker,
  SessionRevocation,
  SubjectRevocation,
  TokenRevocation,
} from './revocation/revocations.ts'
export { toErrorResponse } from './http/response.ts'
export type { ErrorResponse, Problem } from './http/response.ts'
export type { RequestLike } from './request/headers.ts'
export type { CookieLocation, HeaderLocation, TokenSource, TokenLocation } from './request/credentials.ts'
export { createCookieReader } from './config/token-location.ts'
export type { FetchLike, FetchResponseLike, FetchInitLike } from './keys/fetch-json.ts'
export type { KeySource, KeySourceStatus } from './keys/key-source.ts'
export { createVerificationKey } from './config/key-options.ts'
export type { VerificationKey } from './keys/verification-key.ts'
export type { CryptoKeyLike, Jwk, JwkLike, KeyObjectLike, PublicKey } from './keys/public-key.ts'
export type { Algorithm, AlgorithmName, HmacAlgorithm } from './lib/algorithms.ts'
