import { describePolicy } from '../access/decide.ts'
import type { TrustedIssuer } from '../config/issuer-options.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import { claimChecks } from '../verify/claims.ts'
import type { Step, View } from './explanation.ts'
import { claim, failureIn, detailOf } from './token-steps.ts'
import { duration, either, instant, quote, timeOf } from './words.ts'

const findKey: Step = {
  name: 'find key',
  failure: ({ steps }) => failureIn(steps.key),
  expected: ({ steps: { screen } }) => {
    if (screen === undefined || screen instanceof AuthFailure) return 'one key of the issuer for the token'
    const { alg, kid } = screen.header.query
    return `one key of the issuer for ${quote(alg)}${kid === undefined ? '' : ` with kid ${quote(kid)}`}`
  },
  found: ({ steps: { key } }) => {
    if (key === undefined || key instanceof AuthFailure) return detailOf(key)
    const kind = key.kty === 'oct' ? 'a shared secret' : `a key of type ${key.kty}`
    return `${kind}, ${key.kid === null ? 'without kid' : `with kid ${quote(key.kid)}`}`
  },
}

const verify: Step = {
  name: 'verify',
  failure: ({ steps }) => failureIn(steps.verify),
  expected: () => 'a valid signature',
  found: ({ steps: { verify: signed } }) => {
    return signed instanceof AuthFailure ? (signed.detail ?? 'the signature is invalid') : 'the signature is valid'
  },
}

const types = claimStep('types', {
  expected: () => 'iss, sub, jti and client_id to be non-empty strings, if present',
  found: (_view, failure) => failure?.detail ?? 'ok',
})

const use = claimStep('use', {
  expected: ({ issuer }) => {
    if (issuer?.tokenUse === null) return 'any kind of token, because tokenUse is null'
    return issuer?.tokenUse === 'id' ? 'an ID token' : 'an access token: no at_hash, no c_hash, no other token_use'
  },
  found: (_view, failure) => failure?.detail ?? 'ok',
})

const cnf = claimStep('cnf', {
  expected: ({ issuer }) => (issuer?.rejectsBoundTokens === false ? 'any, because tokenBinding is null' : 'no cnf'),
  found: (view) => (claim(view, 'cnf') === undefined ? 'no cnf' : 'a cnf'),
})

const aud = claimStep('aud', {
  expected: ({ issuer }) => {
    if (issuer?.audiences === null) return 'any aud, because audience is null'
    return `aud to contain ${issuer === null ? 'this API' : either([...(issuer.audiences ?? [])].map(quote))}`
  },
  found: (view) => `aud ${quote(claim(view, 'aud'))}`,
})

const client: Step = {
  ...claimStep('client', {
    expected: ({ issuer }) => `azp or client_id to be ${either([...(issuer?.clients ?? [])].map(quote))}`,
    found: (view) => `azp ${quote(claim(view, 'azp'))}, client_id ${quote(claim(view, 'client_id'))}`,
  }),
  isTaken: ({ issuer }) => issuer !== null && issuer.clients !== null,
}

const required: Step = {
  ...claimStep('required', {
    expected: ({ issuer }) => `${(issuer?.requiredClaims ?? []).join(', ')} to be present`,
    found: (_view, failure) => failure?.detail ?? 'ok',
  }),
  isTaken: ({ issuer }) => issuer !== null && issuer.requiredClaims.length > 0,
}

const times: Step = {
  name: 'validate times',
  // The claim checks have their steps before this one, so a failure that is left is about times.
  failure: ({ steps }) => failureIn(steps.validate),
  expected: ({ settings, issuer, validatedAt }) => {
    const now = instant(validatedAt)
    const rules = [`exp after ${now}, nbf absent or before it (tolerance ${settings.clockToleranceSeconds} s)`]
    const { maxTokenAgeSeconds: age = null, maxLifetimeSeconds: lifetime = null } = issuer ?? {}
    if (age !== null) rules.push(`iat in the past, at most ${duration(age)} ago`)
    if (lifetime !== null && lifetime !== Infinity) {
      rules.push(`${age === null ? 'iat in the past, ' : ''}exp at most ${duration(lifetime)} after iat`)
    }
    return rules.join('; ')
  },
  found: (view) => {
    const [exp, nbf, iat] = ['exp', 'nbf', 'iat'].map((name) => claim(view, name))
    const lifetime = typeof exp === 'number' && typeof iat === 'number' ? `; lifetime ${duration(exp - iat)}` : ''
    const instants = [`exp ${timeOf(exp, view.validatedAt)}`, `nbf ${timeOf(nbf, view.validatedAt)}`]
    return `${[...instants, `iat ${timeOf(iat, view.validatedAt)}`].join('; ')}${lifetime}`
  },
}

/** The verification of the signature, and the validation of the verified claims. */
export const proofSteps: readonly Step[] = [findKey, verify, ...claimSteps(), times]

type CheckName = keyof typeof claimChecks

/** One step for each claim check, in the order of the checks. A check without a step does not compile. */
function claimSteps(): readonly Step[] {
  const steps: Readonly<Record<CheckName, Step>> = { types, use, cnf, aud, client, required }
  return (Object.keys(claimChecks) as CheckName[]).map((name) => steps[name])
}

interface CheckDescription {
  expected(this: void, view: View): string
  found(this: void, view: View, failure: AuthFailure | null): string
}

function claimStep(name: CheckName, { expected, found }: CheckDescription): Step {
  const failure = (view: View) => (firstFailedCheck(view) === name ? failureIn(view.steps.validate) : null)
  return { name: `validate ${name}`, failure, expected, found: (view) => found(view, failure(view)) }
}

/** The check that rejected the claims: the first one that fails, because validation stops there. */
function firstFailedCheck({ steps: { validate, verify: signed, issuer } }: View): CheckName | null {
  if (!(validate instanceof AuthFailure) || signed === undefined || signed instanceof AuthFailure) return null
  if (issuer === undefined || issuer instanceof AuthFailure) return null
  const rules: TrustedIssuer = issuer
  const names = Object.keys(claimChecks) as CheckName[]
  return names.find((name) => claimChecks[name](signed.claims, rules) !== null) ?? null
}

const map: Step = {
  name: 'map',
  failure: ({ steps }) => failureIn(steps.map),
  expected: ({ settings }) =>
    settings.schema === null
      ? 'roles from the role map'
      : 'claims that the schema accepts, and roles from the role map',
  found: ({ steps: { map: mapped } }) => {
    if (mapped === undefined || mapped instanceof AuthFailure) return detailOf(mapped)
    const { roles, scopes } = mapped.principal
    return `roles ${quote(roles)}, scopes ${quote(scopes)}`
  },
}

const revocation: Step = {
  name: 'revocation',
  failure: ({ steps }) => failureIn(steps.revocation),
  expected: ({ settings }) => {
    const checks = [
      ...(settings.revocation === null ? [] : ['revocation']),
      ...(settings.isRevoked === null ? [] : ['isRevoked']),
    ]
    return checks.length === 0
      ? 'no check, because neither revocation nor isRevoked is set'
      : `${checks.join(' and ')} to report that the token is not revoked`
  },
  found: ({ steps: { revocation: failure }, settings }) => {
    if (failure instanceof AuthFailure) return failure.detail ?? 'the token is revoked'
    return settings.revocation === null && settings.isRevoked === null ? 'not checked' : 'the token is not revoked'
  },
}

const decide: Step = {
  name: 'decide',
  isTaken: ({ policy }) => policy !== null,
  failure: ({ unmet }) => unmet,
  expected: ({ policy }) => (policy === null ? 'nothing' : describePolicy(policy)),
  found: ({ unmet }) => (unmet === null ? 'the policy is met' : detailOf(unmet)),
}

/** The steps after validation: the caller, its revocation and the policy. */
export const callerSteps: readonly Step[] = [map, revocation, decide]
