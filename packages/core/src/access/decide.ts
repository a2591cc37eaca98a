import { claimSatisfies } from '../principal/claim-rule.ts'
import type { Principal } from '../principal/principal.ts'
import { hasOwn } from '../lib/properties.ts'
import { AuthFailure, tokenMissing } from '../failure/auth-failure.ts'
import { callPredicate } from '../lib/user-code.ts'
import { readPolicy } from './policy.ts'
import type { Policy } from './policy.ts'

/** The answer to a policy. What was unmet is told policy by policy, and is for logs. */
export type Decision =
  | { readonly allowed: true }
  | {
      readonly allowed: false
      readonly unmet: readonly Policy[]
      /** The scopes that the policy needs, where more scopes are all that the caller lacks; else null. */
      readonly missingScopes: readonly string[] | null
    }

type Caller = Principal<string, unknown>

const allowed: Decision = Object.freeze({ allowed: true })

/** Decides whether a principal meets a policy; nobody meets none. */
export function decide(principal: Caller | null, policy: Policy): Decision {
  return evaluate(principal, readPolicy('policy', policy), true)
}

/** Refuses a principal that does not meet the policy: `token_missing`, `scope_insufficient` or `access_denied`. */
export function authorize(principal: Caller | null, policy: Policy): void {
  const refused = judge(principal, readPolicy('policy', policy))
  if (refused !== null) throw refused.toError()
}

/** As `authorize`, of a policy that was read, and without the error. */
export function judge(principal: Caller | null, policy: Policy): AuthFailure | null {
  if (principal === null) return tokenMissing
  const decision = evaluate(principal, policy, true)
  if (decision.allowed) return null
  const detail = `unmet: ${decision.unmet.map(describePolicy).join(', ')}`
  if (decision.missingScopes === null) return new AuthFailure('access_denied', detail)
  return new AuthFailure('scope_insufficient', detail, { scopes: decision.missingScopes })
}

/** `asks` is false once an earlier policy was unmet: a test of the user's own may rely on what stood before it. */
function evaluate(principal: Caller | null, policy: Policy, asks: boolean): Decision {
  if (policy.kind === 'allOf') return every(principal, policy.policies, asks)
  if (policy.kind === 'anyOf') return some(principal, policy.policies, asks)
  // A test that is not asked is neither met nor unmet, and no reason to say that more scopes would not do.
  if (policy.kind === 'where' && !asks) return { allowed: false, unmet: [], missingScopes: [] }
  if (principal !== null && meets(principal, policy)) return allowed
  return { allowed: false, unmet: [policy], missingScopes: policy.kind === 'scope' ? policy.allOf : null }
}

type Leaf = Exclude<Policy, { readonly policies: unknown }>

function meets(principal: Caller, policy: Leaf): boolean {
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

function every(principal: Caller | null, policies: readonly Policy[], asks: boolean): Decision {
  const unmet: Policy[] = []
  const scopes = new Set(policies.flatMap(scopesOf))
  let isMet = true
  let onlyScopes = true
  for (const policy of policies) {
    const decision = evaluate(principal, policy, asks && isMet)
    if (decision.allowed) continue
    isMet = false
    unmet.push(...decision.unmet)
    onlyScopes &&= decision.missingScopes !== null
    for (const scope of decision.missingScopes ?? []) scopes.add(scope)
  }
  if (isMet) return allowed
  return { allowed: false, unmet, missingScopes: onlyScopes ? [...scopes] : null }
}

function some(principal: Caller | null, policies: readonly Policy[], asks: boolean): Decision {
  const unmet: Policy[] = []
  let missingScopes: readonly string[] | null = null
  for (const policy of policies) {
    const decision = evaluate(principal, policy, asks)
    if (decision.allowed) return decision
    unmet.push(...decision.unmet)
    missingScopes ??= decision.missingScopes
  }
  return { allowed: false, unmet, missingScopes }
}

/** All the scopes that a policy needs for certain: those of an alternative are not. */
function scopesOf(policy: Policy): readonly string[] {
  if (policy.kind === 'scope') return policy.allOf
  return policy.kind === 'allOf' ? policy.policies.flatMap(scopesOf) : []
}

/** A policy in words, for logs and explanations: `role admin, and (scope read, or scope write)`. */
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
