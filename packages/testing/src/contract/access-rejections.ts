import { allOf, anyOf, AuthError, hasClaim, hasRole, hasScope, where } from '@claimcheck/core'
import type { KeySource } from '@claimcheck/core'
import { as } from './issuer.ts'
import type { RejectionCase } from './rejection-case.ts'
import { errorResponses } from './error-responses.ts'

const jane = as({ sub: 'jane', scope: 'read', tenant: 'b' })
const needsWrite = [
  'HTTP/1.1 403 Forbidden',
  'cache-control: no-store',
  'content-type: application/problem+json',
  'www-authenticate: Bearer realm="api", error="insufficient_scope", error_description="The token lacks a required scope", scope="write"',
  '',
  '{"type":"about:blank","title":"Forbidden","status":403,"detail":"The token lacks a required scope","code":"scope_insufficient"}',
]

/** Verified callers who do not meet the policy of the route. */
const unmet: readonly RejectionCase[] = [
  {
    name: 'a caller who lacks a scope, and names all scopes of the route',
    code: 'scope_insufficient',
    headers: [jane],
    guards: [hasScope('read', 'write')],
  },
  {
    name: 'a caller who lacks a scope of allOf, and names the scopes of all policies',
    code: 'scope_insufficient',
    headers: [jane],
    guards: [allOf(hasScope('read'), hasScope('write'))],
  },
  {
    name: 'a caller who meets no policy of anyOf, and names the scopes of the first one',
    code: 'scope_insufficient',
    headers: [jane],
    guards: [anyOf(hasRole('admin'), hasScope('write'))],
    lines: needsWrite,
  },
  { name: 'a caller without the role', code: 'access_denied', headers: [jane], guards: [hasRole('admin', 'boss')] },
  { name: 'a caller of another tenant', code: 'access_denied', headers: [jane], guards: [hasClaim('tenant', 'a')] },
  {
    name: 'a caller who fails a custom test',
    code: 'access_denied',
    headers: [jane],
    guards: [where('is root', ({ subject }) => subject === 'root')],
  },
  {
    name: 'a caller who lacks a role and a scope, and names no scope',
    code: 'access_denied',
    headers: [jane],
    guards: [allOf(hasScope('write'), hasRole('admin'))],
  },
  {
    name: 'a caller who meets only one of two guards',
    code: 'access_denied',
    headers: [jane],
    guards: [hasScope('read'), hasRole('admin')],
  },
]

const failing = (find: KeySource['find']) => ({ keys: { find, has: () => true } })
const nothing: unknown = undefined

/** Requests that cannot be verified now, because of an outage. */
const outages: readonly RejectionCase[] = [
  {
    name: 'every token if the key source throws',
    code: 'keys_unavailable',
    headers: [jane],
    options: failing(() => {
      throw new Error('connect ECONNREFUSED 10.0.0.7:443')
    }),
  },
  {
    name: 'every token if the key source rejects',
    code: 'keys_unavailable',
    headers: [jane],
    options: failing(() => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:443'))),
  },
  {
    name: 'every token if the key source returns no key',
    code: 'keys_unavailable',
    headers: [jane],
    options: failing(() => nothing as never),
  },
  {
    name: 'every token with the Retry-After of the key source, in whole seconds',
    code: 'keys_unavailable',
    headers: [jane],
    options: failing(() => {
      throw new AuthError('keys_unavailable', { retryAfterSeconds: 2.5 })
    }),
    lines: errorResponses.keys_unavailable.map((line) => (line === 'retry-after: 10' ? 'retry-after: 3' : line)),
  },
  {
    name: 'every token if the key source throws an AuthError with invalid scopes',
    code: 'keys_unavailable',
    headers: [jane],
    options: failing(() => {
      throw new AuthError('scope_insufficient', { scopes: ['read\nwrite'] })
    }),
  },
  {
    name: 'every token if the key source throws an AuthError with an invalid Retry-After',
    code: 'keys_unavailable',
    headers: [jane],
    options: failing(() => {
      throw new AuthError('keys_unavailable', { retryAfterSeconds: Number.NaN })
    }),
  },
  {
    name: 'every token if isRevoked throws',
    code: 'revocation_unavailable',
    headers: [jane],
    options: {
      isRevoked: () => {
        throw new Error('connect ECONNREFUSED 10.0.0.7:6379')
      },
    },
  },
  {
    name: 'every token if isRevoked rejects',
    code: 'revocation_unavailable',
    headers: [jane],
    options: { isRevoked: () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:6379')) },
  },
  {
    name: 'every token if isRevoked returns no boolean',
    code: 'revocation_unavailable',
    headers: [jane],
    options: { isRevoked: () => nothing as never },
  },
]

export const accessRejections: readonly RejectionCase[] = [...unmet, ...outages]
