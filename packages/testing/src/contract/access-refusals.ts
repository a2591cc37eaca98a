import { allOf, anyOf, AuthError, hasClaim, hasRole, hasScope, where } from '@claimcheck/core'
import type { KeySource } from '@claimcheck/core'
import { as } from './issuer.ts'
import type { RefusalCase } from './refusal-case.ts'
import { refusalLines } from './refusal-lines.ts'

const jane = as({ sub: 'jane', scope: 'read', tenant: 'b' })
const needsWrite = [
  'HTTP/1.1 403 Forbidden',
  'cache-control: no-store',
  'content-type: application/problem+json',
  'www-authenticate: Bearer realm="api", error="insufficient_scope", error_description="The token lacks a required scope", scope="write"',
  '',
  '{"type":"about:blank","title":"Forbidden","status":403,"detail":"The token lacks a required scope","code":"scope_insufficient"}',
]

/** Verified callers that do not meet what the route asks. */
const unmet: readonly RefusalCase[] = [
  {
    name: 'a caller who lacks a scope, naming all that the route needs',
    code: 'scope_insufficient',
    headers: [jane],
    guards: [hasScope('read', 'write')],
  },
  {
    name: 'a caller who lacks a scope of several policies, naming those of all',
    code: 'scope_insufficient',
    headers: [jane],
    guards: [allOf(hasScope('read'), hasScope('write'))],
  },
  {
    name: 'a caller who lacks the scope of an alternative, naming the first',
    code: 'scope_insufficient',
    headers: [jane],
    guards: [anyOf(hasRole('admin'), hasScope('write'))],
    lines: needsWrite,
  },
  { name: 'a caller without the role', code: 'access_denied', headers: [jane], guards: [hasRole('admin', 'boss')] },
  { name: 'a caller of another tenant', code: 'access_denied', headers: [jane], guards: [hasClaim('tenant', 'a')] },
  {
    name: 'a caller who fails a test of one’s own',
    code: 'access_denied',
    headers: [jane],
    guards: [where('is root', ({ subject }) => subject === 'root')],
  },
  {
    name: 'a caller who lacks a role beside a scope, asking for no scope',
    code: 'access_denied',
    headers: [jane],
    guards: [allOf(hasScope('write'), hasRole('admin'))],
  },
  {
    name: 'a caller who meets one of two guards',
    code: 'access_denied',
    headers: [jane],
    guards: [hasScope('read'), hasRole('admin')],
  },
]

const failing = (find: KeySource['find']) => ({ keys: { find, has: () => true } })
const nothing: unknown = undefined

/** Requests that nobody can judge now: an outage, and never the caller's fault. */
const outages: readonly RefusalCase[] = [
  {
    name: 'everybody while the key source throws',
    code: 'keys_unavailable',
    headers: [jane],
    options: failing(() => {
      throw new Error('connect ECONNREFUSED 10.0.0.7:443')
    }),
  },
  {
    name: 'everybody while the key source rejects',
    code: 'keys_unavailable',
    headers: [jane],
    options: failing(() => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:443'))),
  },
  {
    name: 'everybody while the key source gives no key',
    code: 'keys_unavailable',
    headers: [jane],
    options: failing(() => nothing as never),
  },
  {
    name: 'everybody for the pause that the key source asks for, in whole seconds',
    code: 'keys_unavailable',
    headers: [jane],
    options: failing(() => {
      throw new AuthError('keys_unavailable', { retryAfterSeconds: 2.5 })
    }),
    lines: refusalLines.keys_unavailable.map((line) => (line === 'retry-after: 10' ? 'retry-after: 3' : line)),
  },
  {
    name: 'everybody while the key source refuses with scopes that no header can carry',
    code: 'keys_unavailable',
    headers: [jane],
    options: failing(() => {
      throw new AuthError('scope_insufficient', { scopes: ['read\nwrite'] })
    }),
  },
  {
    name: 'everybody while the key source asks for a pause that is no time',
    code: 'keys_unavailable',
    headers: [jane],
    options: failing(() => {
      throw new AuthError('keys_unavailable', { retryAfterSeconds: Number.NaN })
    }),
  },
  {
    name: 'everybody while isRevoked throws',
    code: 'revocation_unavailable',
    headers: [jane],
    options: {
      isRevoked: () => {
        throw new Error('connect ECONNREFUSED 10.0.0.7:6379')
      },
    },
  },
  {
    name: 'everybody while isRevoked rejects',
    code: 'revocation_unavailable',
    headers: [jane],
    options: { isRevoked: () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:6379')) },
  },
  {
    name: 'everybody while isRevoked gives no boolean',
    code: 'revocation_unavailable',
    headers: [jane],
    options: { isRevoked: () => nothing as never },
  },
]

export const accessRefusals: readonly RefusalCase[] = [...unmet, ...outages]
