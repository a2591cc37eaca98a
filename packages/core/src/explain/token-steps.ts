import { getOwn, hasOwn } from '../lib/properties.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import type { ParsedPlace } from '../request/credentials.ts'
import type { Step, View } from './explanation.ts'
import { either, instant, quote, timeOf } from './words.ts'

/** Refused, or not there at all: to whoever requires a caller these are one. */
const extract: Step = {
  name: 'extract',
  refused: ({ steps }) => refusedBy(steps.extract),
  expected: ({ settings }) => `a token in ${either(settings.tokenFrom.map(placeName))}`,
  found: ({ steps: { extract: found } }) => {
    if (found instanceof AuthFailure) return told(found)
    return typeof found === 'string' ? `a token of ${found.length} characters` : 'no token'
  },
}

const decrypt: Step = {
  name: 'decrypt',
  isTaken: encrypts,
  refused: ({ steps }) => refusedBy(steps.decrypt),
  expected: () => 'an encrypted token (RFC 7516) that a key of decrypt can open',
  found: ({ steps: { decrypt: opened } }) => {
    if (opened instanceof AuthFailure) return told(opened)
    return opened === undefined ? 'a token that is not encrypted' : 'an encrypted token, and a token in it'
  },
}

const parse: Step = {
  name: 'parse',
  refused: ({ steps }) => refusedBy(steps.parse),
  expected: ({ settings }) => `a signed JWT with three parts (RFC 7515), at most ${settings.maxTokenBytes} bytes`,
  found: ({ steps: { parse: jwt } }) => {
    if (jwt === undefined || jwt instanceof AuthFailure) return told(jwt)
    const names = Object.keys(jwt.unverifiedClaims)
    return `${jwt.token.length} bytes, ${names.length === 0 ? 'without claims' : `with the claims ${quote(names)}`}`
  },
}

const findIssuer: Step = {
  name: 'find issuer',
  refused: ({ steps }) => refusedBy(steps.issuer),
  expected: ({ settings: { issuers } }) => {
    return issuers.has(null) ? 'any iss, because issuer is null' : `iss to be ${either([...issuers.keys()].map(quote))}`
  },
  found: (view) => `iss ${quote(claim(view, 'iss'))}`,
}

const screenEncryption: Step = {
  name: 'screen encryption',
  isTaken: encrypts,
  refused: ({ steps }) => refusedBy(steps.envelope),
  expected: ({ issuer }) => {
    const isEncrypted = issuer === null || issuer.decryptionKeys.length > 0
    return isEncrypted
      ? 'a token that is encrypted for its issuer'
      : 'a token that is not encrypted, because its issuer has no decrypt'
  },
  found: ({ steps }) => (steps.envelope instanceof AuthFailure ? told(steps.envelope) : 'ok'),
}

const screenTyp: Step = {
  name: 'screen typ',
  refused: ({ steps }) => refusedAs(steps.screen, ['token_type_not_allowed']),
  expected: ({ issuer }) => {
    return `typ to be ${issuer === null ? 'one that the issuer may use' : either([...issuer.types].map((type) => (type === null ? 'absent' : quote(type))))}`
  },
  found: ({ steps: { parse: jwt } }) => {
    return jwt === undefined || jwt instanceof AuthFailure
      ? told(jwt)
      : `typ ${jwt.header.type === null ? 'absent' : quote(jwt.header.type)}`
  },
}

const screenAlg: Step = {
  name: 'screen alg',
  refused: ({ steps }) => refusedAs(steps.screen, ['algorithm_not_allowed']),
  expected: ({ issuer }) => `alg to be ${issuer === null ? 'one that the issuer may use' : either(issuer.algorithms)}`,
  found: ({ steps: { parse: jwt } }) => {
    return jwt === undefined || jwt instanceof AuthFailure ? told(jwt) : `alg ${quote(jwt.header.query.alg)}`
  },
}

const screenExp: Step = {
  name: 'screen exp',
  // Last of its rule: whatever else it refuses is about exp.
  refused: ({ steps }) => refusedBy(steps.screen),
  expected: ({ settings, issuer, screenedAt }) => {
    const isNeeded = issuer?.maxLifetimeSeconds !== null
    return `exp ${isNeeded ? '' : 'absent, or '}after ${instant(screenedAt)}, with a tolerance of ${settings.clockToleranceSeconds} s`
  },
  found: (view) => `exp ${timeOf(claim(view, 'exp'), view.screenedAt)}`,
}

/** The steps before any cryptography: nothing that they found is proved. */
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

/** What a step gave where it refused, and null where it did not. */
export function refusedBy(result: unknown): AuthFailure | null {
  return result instanceof AuthFailure ? result : null
}

export function told(refused: AuthFailure | undefined): string {
  return refused?.detail ?? 'failed'
}

/** What a token claims, proved or not; undefined where it does not, or was not read. */
export function claim({ steps: { parse: jwt } }: View, name: string): unknown {
  return jwt === undefined || jwt instanceof AuthFailure ? undefined : getOwn(jwt.unverifiedClaims, name)
}

function refusedAs(result: unknown, codes: readonly string[]): AuthFailure | null {
  return result instanceof AuthFailure && codes.includes(result.code) ? result : null
}

function encrypts({ settings }: View): boolean {
  return settings.decryption !== null
}

function placeName(place: ParsedPlace): string {
  if (place === 'authorization') return 'Authorization: Bearer'
  return hasOwn(place, 'header') ? `the header ${place.header}` : `the cookie ${place.cookie}`
}
