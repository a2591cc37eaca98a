import { getOwn, hasOwn } from '../lib/properties.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import type { ParsedLocation } from '../request/credentials.ts'
import type { Step, View } from './explanation.ts'
import { either, instant, quote, timeOf } from './words.ts'

const extract: Step = {
  name: 'extract',
  failure: ({ steps }) => failureIn(steps.extract),
  expected: ({ settings }) => `a token in ${either(settings.tokenFrom.map(locationName))}`,
  found: ({ steps: { extract: found } }) => {
    if (found instanceof AuthFailure) return detailOf(found)
    return typeof found === 'string' ? `a token of ${found.length} characters` : 'no token'
  },
}

const decrypt: Step = {
  name: 'decrypt',
  isTaken: decrypts,
  failure: ({ steps }) => failureIn(steps.decrypt),
  expected: () => 'an encrypted token (RFC 7516) that a key of decrypt can open',
  found: ({ steps: { decrypt: opened } }) => {
    if (opened instanceof AuthFailure) return detailOf(opened)
    return opened === undefined ? 'a token that is not encrypted' : 'an encrypted token, and a token in it'
  },
}

const parse: Step = {
  name: 'parse',
  failure: ({ steps }) => failureIn(steps.parse),
  expected: ({ settings }) => `a signed JWT with three parts (RFC 7515), at most ${settings.maxTokenBytes} bytes`,
  found: ({ steps: { parse: jwt } }) => {
    if (jwt === undefined || jwt instanceof AuthFailure) return detailOf(jwt)
    const names = Object.keys(jwt.unverifiedClaims)
    return `${jwt.token.length} bytes, ${names.length === 0 ? 'without claims' : `with the claims ${quote(names)}`}`
  },
}

const findIssuer: Step = {
  name: 'find issuer',
  failure: ({ steps }) => failureIn(steps.issuer),
  expected: ({ settings: { issuers } }) => {
    return issuers.has(null) ? 'any iss, because issuer is null' : `iss to be ${either([...issuers.keys()].map(quote))}`
  },
  found: (view) => `iss ${quote(claim(view, 'iss'))}`,
}

const screenEncryption: Step = {
  name: 'screen encryption',
  isTaken: decrypts,
  failure: ({ steps }) => failureIn(steps.envelope),
  expected: ({ issuer }) => {
    const isEncrypted = issuer === null || issuer.decryptionKeys.length > 0
    return isEncrypted
      ? 'a token that is encrypted for its issuer'
      : 'a token that is not encrypted, because its issuer has no decrypt'
  },
  found: ({ steps }) => (steps.envelope instanceof AuthFailure ? detailOf(steps.envelope) : 'ok'),
}

const screenTyp: Step = {
  name: 'screen typ',
  failure: ({ steps }) => failureWith(steps.screen, ['token_type_not_allowed']),
  expected: ({ issuer }) => {
    return `typ to be ${issuer === null ? 'one that the issuer may use' : either([...issuer.types].map((type) => (type === null ? 'absent' : quote(type))))}`
  },
  found: ({ steps: { parse: jwt } }) => {
    return jwt === undefined || jwt instanceof AuthFailure
      ? detailOf(jwt)
      : `typ ${jwt.header.type === null ? 'absent' : quote(jwt.header.type)}`
  },
}

const screenAlg: Step = {
  name: 'screen alg',
  failure: ({ steps }) => failureWith(steps.screen, ['algorithm_not_allowed']),
  expected: ({ issuer }) => `alg to be ${issuer === null ? 'one that the issuer may use' : either(issuer.algorithms)}`,
  found: ({ steps: { parse: jwt } }) => {
    return jwt === undefined || jwt instanceof AuthFailure ? detailOf(jwt) : `alg ${quote(jwt.header.query.alg)}`
  },
}

const screenExp: Step = {
  name: 'screen exp',
  // Every other failure of the rule belongs to an earlier step, so this one is about exp.
  failure: ({ steps }) => failureIn(steps.screen),
  expected: ({ settings, issuer, screenedAt }) => {
    const isNeeded = issuer?.maxLifetimeSeconds !== null
    return `exp ${isNeeded ? '' : 'absent, or '}after ${instant(screenedAt)} (tolerance ${settings.clockToleranceSeconds} s)`
  },
  found: (view) => `exp ${timeOf(claim(view, 'exp'), view.screenedAt)}`,
}

/** The steps before the signature is verified: nothing that they find can be trusted. */
export const tokenSteps: readonly Step[] = [
  extract,
  decrypt,
  parse,
  findIssuer,
  screenEncryption,
  screenTyp,
  screenAlg,
  screenExp,
]

/** Returns the result of a step if it is a failure, and null otherwise. */
export function failureIn(result: unknown): AuthFailure | null {
  return result instanceof AuthFailure ? result : null
}

export function detailOf(failure: AuthFailure | undefined): string {
  return failure?.detail ?? 'failed'
}

/** Returns a claim of the token, verified or not; undefined if it is absent, or if the token was not parsed. */
export function claim({ steps: { parse: jwt } }: View, name: string): unknown {
  return jwt === undefined || jwt instanceof AuthFailure ? undefined : getOwn(jwt.unverifiedClaims, name)
}

function failureWith(result: unknown, codes: readonly string[]): AuthFailure | null {
  return result instanceof AuthFailure && codes.includes(result.code) ? result : null
}

function decrypts({ settings }: View): boolean {
  return settings.decryption !== null
}

function locationName(location: ParsedLocation): string {
  if (location === 'authorization') return 'Authorization: Bearer'
  return hasOwn(location, 'header') ? `the header ${location.header}` : `the cookie ${location.cookie}`
}
