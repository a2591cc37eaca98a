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
  toRefusal,
  where,
} from '@claimcheck/core'
export type {
  AuditFinding,
  Auth,
  AuthOptions,
  ExplainedStep,
  Explanation,
  IssuerOptions,
  JwtClaims,
  Policy,
  Principal,
  Register,
  Revocations,
} from '@claimcheck/core'
export type { Errors, GateSettings, Mode } from '@claimcheck/core/adapter'
