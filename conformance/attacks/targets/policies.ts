import { createDecrypter } from '@claimcheck/core/encryption'
import { createRevocations } from '@claimcheck/core/revocation'
import type { Policy, Revocations } from '@claimcheck/core'
import type { AttackRecipe, Requirement } from '../corpus/attack-case.ts'
import type { KeyRing } from '../tokens/key-ring.ts'
import type { Options, TargetSetup } from './attack-target.ts'

/** What the policies of the corpus are created with. */
export interface PolicyContext {
  readonly ring: KeyRing
  readonly now: () => number
  readonly onAuthError: (error: unknown) => void
}

const baseIssuer = 'https://issuer.example/'
const baseAudience = 'https://api.example'
const defaultRequirement: Requirement = { scope: 'read:items' }

/** Maps the option names of the corpus to those of claimcheck. */
const optionNames: Readonly<Record<string, string>> = { maxTokenAge: 'maxTokenAgeSeconds' }

/** P0: issuer and audience of the base token, three keys, `at+jwt`, and otherwise the defaults. */
export function basePolicy({ ring, now, onAuthError }: PolicyContext): Options {
  return {
    issuer: baseIssuer,
    audience: baseAudience,
    algorithms: ['RS256', 'ES256', 'EdDSA'],
    keys: { jwks: { keys: ['rsa-1', 'ec-1', 'ed-1'].map((name) => ring.publicJwk(name)) } },
    typ: 'at+jwt',
    clockToleranceSeconds: 5,
    now,
    onAuthError,
  }
}

/** P-HS: one shared secret. */
export function secretPolicy(context: PolicyContext): Options {
  const keys = { secret: new Uint8Array(context.ring.bytes('hs-1', 'k')) }
  return { ...basePolicy(context), algorithms: ['HS256'], keys }
}

/** Returns the setup for a recipe. Throws for policies of features that do not exist yet. */
export function setupOf(recipe: AttackRecipe, context: PolicyContext): TargetSetup {
  const { policy = 'P0', require: requirement = defaultRequirement } = recipe
  const plain: TargetSetup = { auths: [optionsOf(recipe, context)], mode: 'required', guards: [] }
  switch (policy) {
    case 'P-OPTIONAL':
      return { ...plain, mode: 'optional' }
    case 'P-SCOPE':
      return { ...plain, guards: guardsOf(requirement) }
    case 'P-SCOPE:optional':
      return { ...plain, mode: 'optional', guards: guardsOf(requirement) }
    case 'P-SCOPE:guard-only':
      return { ...plain, auths: [], guards: guardsOf(requirement) }
    case 'P-ROLEMAP':
      return { ...plain, guards: guardsOf({ roles: ['editor'] }) }
    default:
      return plain
  }
}

function optionsOf(recipe: AttackRecipe, context: PolicyContext): Options {
  const { policy = 'P0', options = {}, jwks, require: requirement } = recipe
  const renamed = Object.fromEntries(Object.entries(options).map(([name, value]) => [optionNames[name] ?? name, value]))
  const keys = jwks?.keys.map(({ use, kid }) => ({ ...publicJwkOf(use, context.ring), kid }))
  const roles = requirement?.claimPath === undefined ? {} : { roles: roleMapOf(requirement) }
  return {
    ...policyOptions(policy, context),
    ...roles,
    ...renamed,
    ...(keys === undefined ? {} : { keys: { jwks: { keys } } }),
  }
}

function policyOptions(policy: string, context: PolicyContext): Options {
  const base = basePolicy(context)
  const [name = '', expression] = policy.split(/:(.*)/s)
  switch (name) {
    case 'P0':
    case 'P-SCOPE':
    case 'P-OPTIONAL':
      return base
    case 'P-COOKIE':
      return { ...base, tokenFrom: ['authorization', { cookie: 'token' }] }
    case 'P-HS':
      return secretPolicy(context)
    case 'P-JWE':
      return { ...base, decrypt: createDecrypter({ keys: context.ring.jwk('enc-1') }) }
    case 'P-DENY':
      return { ...base, revocation: denyList(context) }
    case 'P-9068': {
      const { typ: _setByProfile, ...others } = base
      return { ...others, profile: 'at+jwt' }
    }
    case 'P-ROLEMAP':
      return { ...base, roles: { editor: { claim: 'roles', includes: 'editor' } } }
    case 'P-2ISS':
      return twoIssuers(base, context.ring)
    case 'P-OTHER-AUD':
      return { ...base, audience: 'https://other.example' }
    case 'P-REGEX':
      return { ...base, issuer: regExpOf(expression ?? '') }
    default:
      throw new Error(`The policy ${policy} belongs to a feature that does not exist`)
  }
}

/** A list that keeps its entries as long as the tokens of the corpus are valid: until the year 2100. */
function denyList({ now }: PolicyContext): Revocations {
  return { ...createRevocations({ now }), maxTokenLifetimeSeconds: 2_500_000_000 }
}

/** In the key set of issuer B, its key has the names of both issuers' keys. */
function twoIssuers({ issuer, audience, algorithms, keys, typ, ...common }: Options, ring: KeyRing): Options {
  const ofB = ['rsa-1', 'rsa-2', 'iss-b-key'].map((kid) => ({ ...ring.publicJwk('rsa-2'), kid }))
  const terms = { audience, algorithms, typ }
  return {
    ...common,
    roles: {},
    issuers: [
      { issuer, keys, ...terms },
      { issuer: 'https://issuer-b.example/', keys: { jwks: { keys: ofB } }, ...terms },
    ],
  }
}

/** Resolves `$jwk:` followed by the name of a key. */
function publicJwkOf(macro: string, ring: KeyRing) {
  return ring.publicJwk(macro.replace('$jwk:', ''))
}

function regExpOf(expression: string): RegExp {
  const [, source = '', flags = ''] = /^\/(.*)\/([a-z]*)$/.exec(expression) ?? []
  return new RegExp(source, flags)
}

/** Plain objects, as if they were read from a file: an empty list must be rejected there too. */
function guardsOf({ scope, roles }: Requirement): readonly Policy[] {
  const scopes: readonly Policy[] = scope === undefined ? [] : [{ kind: 'scope', allOf: [scope].flat() }]
  return roles === undefined ? scopes : [...scopes, { kind: 'role', anyOf: roles.flatMap(ruleNamesOf) }]
}

/** A role with a claim can be declared in three ways. A guard accepts any of the three. */
function roleMapOf({ claimPath, roles = [] }: Requirement): Options {
  return Object.fromEntries(
    roles.flatMap((role) => {
      const [included, equal, worded] = ruleNamesOf(role)
      return [
        [included, { claim: claimPath, includes: role }],
        [equal, { claim: claimPath, equals: role }],
        [worded, { claim: claimPath, word: role }],
      ]
    }),
  )
}

function ruleNamesOf(role: string): readonly [string, string, string] {
  return [role, `${role} (equals)`, `${role} (word)`]
}
