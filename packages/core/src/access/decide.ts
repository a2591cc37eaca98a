import { claimSatisfies } from '../principal/roles.ts'
import type { AnyPrincipal } from '../principal/principal.ts'
import { hasOwn } from '../lib/properties.ts'
import { AuthFailure, anonymousFailure } from '../failure/auth-failure.ts'
import { callPredicate } from '../lib/user-code.ts'
import { readPolicy } from './policy.ts'
import type { Policy } from './policy.ts'

/** Whether a principal meets a policy, and if not, why: for logs, and for the challenge. */
export type Decision =
  | { readonly allowed: true; readonly unmet: readonly []; readonly missing: null }
  | {
      readonly allowed: false
      /** The policies that are not met, without the `allOf` and `anyOf` that contain them. */
      readonly unmet: readonly Policy[]
      /** What a new token must have to meet the policy; null if no new token can help. */
      readonly missing: MissingFromToken | null
    }

/** What a token lacks and its issuer can add. */
export interface MissingFromToken {
  /** Every scope that the policy needs. */
  readonly scopes: readonly string[]
  /** Authentication context classes, one of which the token must have (RFC 9470); empty if any will do. */
  readonly acrValues: readonly string[]
  /** The maximum time since the user logged in, in seconds (RFC 9470); null if it does not matter. */
  readonly maxAgeSeconds: number | null
}

const allowed: Decision = Object.freeze({ allowed: true, unmet: Object.freeze([] as const), missing: null })

/**
 * Decides whether a principal meets a policy. Null, a request without a principal, meets no policy. Throws a ConfigError for
 * an invalid policy, and what a `where` test throws.
 */
export function decide(principal: AnyPrincipal | null, policy: Policy): Decision {
  const { unmet, scopes } = evaluate(principal ?? null, readPolicy('policy', policy), true)
  if (unmet === null) return allowed
  const missing = scopes === null ? null : Object.freeze({ scopes, acrValues: Object.freeze([]), maxAgeSeconds: null })
  return Object.freeze({ allowed: false, unmet, missing })
}

/** Returns why a principal does not meet a policy: `token_missing`, `scope_insufficient` or `access_denied`; or null. */
export function checkPrincipal(principal: AnyPrincipal | null, policy: Policy): AuthFailure | null {
  // `req.auth` is undefined if no middleware ran: that must not reach a custom test.
  if (principal === null || principal === undefined) return anonymousFailure
  const { unmet, scopes } = evaluate(principal, policy, true)
  if (unmet === null) return null
  const detail = `unmet: ${unmet.map(describePolicy).join(', ')}`
  return scopes === null
    ? new AuthFailure('access_denied', detail)
    : new AuthFailure('scope_insufficient', detail, { scopes })
}

/** The policies that are not met; null if all are. And the scopes, if they are all that is missing; else null. */
interface Evaluation {
  readonly unmet: readonly Policy[] | null
  readonly scopes: readonly string[] | null
}

const met: Evaluation = { unmet: null, scopes: null }

/** `runsTests` is false after an unmet policy, because a `where` test can rely on the policies before it. */
function evaluate(principal: AnyPrincipal | null, policy: Policy, runsTests: boolean): Evaluation {
  if (policy.kind === 'allOf') return evaluateAll(principal, policy.policies, runsTests)
  if (policy.kind === 'anyOf') return evaluateAny(principal, policy.policies, runsTests)
  // A test that is not called is not listed as unmet, and new scopes can still be enough.
  if (policy.kind === 'where' && !runsTests) return { unmet: [], scopes: [] }
  if (principal !== null && meets(principal, policy)) return met
  return { unmet: [policy], scopes: policy.kind === 'scope' ? policy.allOf : null }
}

type Leaf = Exclude<Policy, { readonly policies: unknown }>

function meets(principal: AnyPrincipal, policy: Leaf): boolean {
  switch (policy.kind) {
    case 'role':
      return policy.anyOf.some((role) => principal.roles.includes(role))
    case 'scope':
      return policy.allOf.every((scope) => principal.scopes.includes(scope))
    case 'claim':
      return claimSatisfies(principal.claims, policy.rule)
    case 'where': {
      const { label, test } = policy
      return callPredicate(`where(${JSON.stringify(label)})`, () => test(principal as Parameters<typeof test>[0]))
    }
  }
}

function evaluateAll(principal: AnyPrincipal | null, policies: readonly Policy[], runsTests: boolean): Evaluation {
  const unmet: Policy[] = []
  const scopes = new Set(policies.flatMap(scopesOf))
  let isMet = true
  let onlyScopes = true
  for (const policy of policies) {
    const part = evaluate(principal, policy, runsTests && isMet)
    if (part.unmet === null) continue
    isMet = false
    unmet.push(...part.unmet)
    onlyScopes &&= part.scopes !== null
    for (const scope of part.scopes ?? []) scopes.add(scope)
  }
  return isMet ? met : { unmet, scopes: onlyScopes ? [...scopes] : null }
}

function evaluateAny(principal: AnyPrincipal | null, policies: readonly Policy[], runsTests: boolean): Evaluation {
  const unmet: Policy[] = []
  let scopes: readonly string[] | null = null
  for (const policy of policies) {
    const part = evaluate(principal, policy, runsTests)
    if (part.unmet === null) return met
    unmet.push(...part.unmet)
    scopes ??= part.scopes
  }
  return { unmet, scopes }
}

/** The scopes that the policy needs in any case: those inside an `anyOf` are not among them. */
function scopesOf(policy: Policy): readonly string[] {
  if (policy.kind === 'scope') return policy.allOf
  return policy.kind === 'allOf' ? policy.policies.flatMap(scopesOf) : []
}

/** Describes a policy for logs and explanations: `role admin, and (scope read, or scope write)`. */
export function describePolicy(policy: Policy): string {
  if (policy.kind === 'role') return `role ${policy.anyOf.join(' or ')}`
  if (policy.kind === 'scope') return `scope ${policy.allOf.join(' and ')}`
  if (policy.kind === 'claim') return `claim ${[policy.rule.claim].flat().join('.')}`
  if (policy.kind === 'where') return `where ${policy.label}`
  const parts = policy.policies.map((part) =>
    hasOwn(part, 'policies') ? `(${describePolicy(part)})` : describePolicy(part),
  )
  return parts.join(policy.kind === 'allOf' ? ', and ' : ', or ')
}
