export { authErrorHandler } from './error-handler.ts'
export { findAuth, getAuth, getAuthError, jwtAuth, requireRole, requireScope, requires } from './jwt-auth.ts'
export type { ErrorMiddleware, Middleware, Next, ResponseLike, WritableResponse } from './middleware.ts'
export {
  allOf,
  anyOf,
  AuthError,
  authorize,
  ConfigError,
  createAuth,
  createRevocations,
  decide,
  hasClaim,
  hasRole,
  hasScope,
  isAuthError,
  toErrorResponse,
  where,
} from '@claimcheck/core'
export type {
  AuditFinding,
  Auth,
  AuthOptions,
  ExplainedStep,
  Explanation,
  TrustedIssuerOptions,
  JwtClaims,
  Policy,
  Principal,
  Register,
  RequestLike,
  Revocations,
} from '@claimcheck/core'
export type { OnError, GateSettings, Mode } from '@claimcheck/core/adapter'
