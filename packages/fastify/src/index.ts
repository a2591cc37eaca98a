export { authErrorHandler } from './error-handler.ts'
export { findAuth, getAuth, getAuthError, jwtAuth, requireRole, requireScope, requires } from './jwt-auth.ts'
export type { FastifyApp, FastifyReplyLike, FastifyRequestLike, Guard } from './guard.ts'
export type { JwtAuthOptions } from './options.ts'
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
  Revocations,
} from '@claimcheck/core'
export type { OnError, GateSettings, Mode } from '@claimcheck/core/adapter'
