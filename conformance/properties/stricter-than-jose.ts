import type { AuthErrorCode } from '@claimcheck/core'
import type { ClaimSet } from './claim-set.ts'
import { nowSeconds } from '../src/hmac-issuer.ts'

/** A rule that rejects on purpose what jose accepts. */
interface StricterRule {
  readonly name: string
  readonly reason: string
  readonly code: AuthErrorCode
  applies(set: ClaimSet): boolean
}

/** Everything that claimcheck rejects and `jose.jwtVerify` with the same options accepts. */
export const stricterRules: readonly StricterRule[] = [
  {
    name: 'a name that stands twice',
    reason: 'two readers of the token may differ on which counts',
    code: 'token_malformed',
    applies: ({ headerNames, claimNames }) => hasTwice(headerNames) || hasTwice(claimNames),
  },
  {
    name: 'JSON that nests more than 32 deep',
    reason: 'no claim comes near, and whatever walks the claims later is spared',
    code: 'token_malformed',
    applies: ({ header, claims }) => depthOf(header) > 32 || depthOf(claims) > 32,
  },
  {
    name: 'a payload that is not UTF-8, or begins with a byte order mark',
    reason: 'it would be read as another text than was signed',
    code: 'token_malformed',
    applies: ({ payload }) => !Buffer.from(new TextDecoder().decode(payload)).equals(payload),
  },
  {
    name: 'crit, b64 or zip in the header',
    reason: 'none of the extensions is supported, and to pass over one is not to understand it',
    code: 'token_malformed',
    applies: ({ header }) => ['crit', 'b64', 'zip'].some((name) => has(header, name)),
  },
  {
    name: 'a typ or kid in the header that is no string',
    reason: 'RFC 7515 says that they are',
    code: 'token_malformed',
    applies: ({ header }) => ['typ', 'kid'].some((name) => has(header, name) && typeof at(header, name) !== 'string'),
  },
  {
    name: 'a token of more than 8,192 bytes',
    reason: 'what is read is bounded',
    code: 'token_too_large',
    applies: ({ token }) => token.length > 8192,
  },
  {
    name: 'a typ that no setting asks for and that is neither JWT nor at+jwt',
    reason: 'a token of another kind is not taken for an access token (RFC 8725 section 3.11)',
    code: 'token_type_not_allowed',
    applies: ({ header, settings }) => {
      const typ = at(header, 'typ')
      return settings.typ === null && typeof typ === 'string' && !/^(application\/)?(jwt|at\+jwt)$/i.test(typ)
    },
  },
  {
    name: 'the marks of an ID token, or of another kind of token',
    reason: 'what is meant for the client is not meant for the API',
    code: 'token_type_not_allowed',
    applies: ({ claims }) =>
      has(claims, 'at_hash') ||
      has(claims, 'c_hash') ||
      (has(claims, 'token_use') && at(claims, 'token_use') !== 'access') ||
      ['ID', 'Refresh', 'Offline', 'Logout'].some((typ) => at(claims, 'typ') === typ),
  },
  {
    name: 'cnf',
    reason: 'the token is bound to a key, and nobody asked for the proof',
    code: 'token_bound',
    applies: ({ claims }) => has(claims, 'cnf'),
  },
  {
    name: 'iss, sub, jti or client_id that is no string or empty',
    reason: 'claims are checked by type',
    code: 'claim_invalid',
    applies: ({ claims }) =>
      ['iss', 'sub', 'jti', 'client_id'].some(
        (name) => has(claims, name) && (typeof at(claims, name) !== 'string' || at(claims, name) === ''),
      ),
  },
  {
    name: 'aud that is neither a string nor strings, or empty where it is not checked',
    reason: 'claims are checked by type, all of them',
    code: 'claim_invalid',
    applies: ({ claims }) => has(claims, 'aud') && !isTexts([at(claims, 'aud')].flat()),
  },
  {
    name: 'a required claim that is null',
    reason: 'a claim without a value is none',
    code: 'claim_invalid',
    applies: ({ claims, settings }) => settings.requiredClaims.some((name) => (at(claims, name) ?? null) === null),
  },
  {
    name: 'a time beyond the integers that are exact',
    reason: 'it is no time: no two clocks agree on which',
    code: 'claim_invalid',
    applies: ({ claims }) =>
      ['exp', 'nbf', 'iat'].some((name) => Math.abs(timeAt(claims, name)) > Number.MAX_SAFE_INTEGER),
  },
  {
    name: 'a token that reaches maxTokenAgeSeconds with this second',
    reason: 'over is over at the bound, as it is with exp',
    code: 'token_expired',
    applies: ({ claims, settings: { maxTokenAgeSeconds, clockToleranceSeconds } }) =>
      maxTokenAgeSeconds !== null && nowSeconds - timeAt(claims, 'iat') === maxTokenAgeSeconds + clockToleranceSeconds,
  },
]

/** A value that is not a number is not a time. It may not even be convertible, like an object without a prototype. */
function timeAt(claims: object | null, name: string): number {
  const value: unknown = at(claims, name)
  return typeof value === 'number' ? value : NaN
}

function hasTwice(names: readonly string[]): boolean {
  return new Set(names).size < names.length
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

function has(object: object | null, name: string): boolean {
  return object !== null && Object.hasOwn(object, name)
}

function at(object: object | null, name: string): unknown {
  return object !== null && Object.hasOwn(object, name) ? Reflect.get(object, name) : undefined
}

function isTexts(values: readonly unknown[]): boolean {
  return values.length > 0 && values.every((value) => typeof value === 'string')
}
