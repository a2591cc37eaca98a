import { randomUUID } from 'node:crypto'
import type { AuthErrorCode } from '@claimcheck/core'
import { encodeParts, exchangeClaims } from '../lib/compact-token.ts'
import type { TokenPart } from '../lib/compact-token.ts'
import type { Carrier, Credentials, RequestHeaders, TestClaims } from './credentials.ts'

/**
 * Creates credentials that an API rejects, one method for each error code. Most methods accept claims, as `asUser` does: the
 * expired token of an admin is rejected, too.
 */
export interface BadCredentials {
  /** No credentials at all: 401 `token_missing`. */
  readonly missing: () => RequestHeaders
  /** `Bearer` without a token: 400 `request_malformed`. */
  readonly requestMalformed: () => RequestHeaders
  /**
   * A valid token in a cookie, in a request from another site: 403 `cross_site_request` unless the method is GET or HEAD.
   * Throws a ConfigError if `tokenFrom` has no cookie.
   */
  readonly crossSite: (claims?: TestClaims) => Credentials
  /** A string that is not a token: 401 `token_malformed`. */
  readonly malformed: () => Credentials
  /** A string that is longer than `maxTokenBytes`: 401 `token_too_large`. @default 8193, one more than the default limit */
  readonly tooLarge: (bytes?: number) => Credentials
  /** A token whose `typ` is for another use: 401 `token_type_not_allowed`. */
  readonly wrongType: (claims?: TestClaims) => Credentials
  /** An unsigned token with `alg: 'none'`: 401 `algorithm_not_allowed`. */
  readonly algorithmNotAllowed: (claims?: TestClaims) => Credentials
  /** A token of another issuer: 401 `issuer_unknown`. */
  readonly unknownIssuer: (claims?: TestClaims) => Credentials
  /** A token for another API: 401 `audience_not_allowed`. */
  readonly wrongAudience: (claims?: TestClaims) => Credentials
  /** A token with an unknown `kid`: `key_not_found` in the log, 401 `signature_invalid` for the client. */
  readonly unknownKey: (claims?: TestClaims) => Credentials
  /** A token whose claims were replaced after it was signed, by default with another subject: 401 `signature_invalid`. */
  readonly tampered: (claims?: TestClaims) => Credentials
  /** A token that expired an hour ago: 401 `token_expired`. */
  readonly expired: (claims?: TestClaims) => Credentials
  /** A token that becomes valid in an hour: 401 `token_not_active`. */
  readonly notActive: (claims?: TestClaims) => Credentials
  /** A token whose subject is not a string: 401 `claim_invalid`. */
  readonly claimInvalid: (claims?: TestClaims) => Credentials
  /** A token that is bound to a key (`cnf`), without proof of possession: 401 `token_bound`. */
  readonly bound: (claims?: TestClaims) => Credentials
  /** A revoked token: 401 `token_revoked`. */
  readonly revoked: (claims?: TestClaims) => Credentials
  /** A valid token without a scope: 403 `scope_insufficient` on a route that requires one. */
  readonly withoutScope: (claims?: TestClaims) => Credentials
  /** A valid token without a role: 403 `access_denied` on a route that requires one. */
  readonly withoutRole: (claims?: TestClaims) => Credentials
  /** A token whose key is unavailable, as in an outage of the issuer: 503 `keys_unavailable`. */
  readonly keysUnavailable: (claims?: TestClaims) => Credentials
  /** A token whose revocation cannot be checked, as in an outage of the list: 503 `revocation_unavailable`. */
  readonly revocationUnavailable: (claims?: TestClaims) => Credentials
}

/** The method of `bad` for each error code, for tests that iterate over all codes. */
export const badCredentialByCode = Object.freeze({
  token_missing: 'missing',
  request_malformed: 'requestMalformed',
  cross_site_request: 'crossSite',
  token_malformed: 'malformed',
  token_too_large: 'tooLarge',
  token_type_not_allowed: 'wrongType',
  algorithm_not_allowed: 'algorithmNotAllowed',
  issuer_unknown: 'unknownIssuer',
  audience_not_allowed: 'wrongAudience',
  key_not_found: 'unknownKey',
  signature_invalid: 'tampered',
  token_expired: 'expired',
  token_not_active: 'notActive',
  claim_invalid: 'claimInvalid',
  token_bound: 'bound',
  token_revoked: 'revoked',
  scope_insufficient: 'withoutScope',
  access_denied: 'withoutRole',
  keys_unavailable: 'keysUnavailable',
  revocation_unavailable: 'revocationUnavailable',
} as const satisfies Record<AuthErrorCode, keyof BadCredentials>)

/** Creates and revokes the tokens of a test issuer. */
export interface Mint {
  readonly typ: string
  /** The `kid` of a key that is unavailable. */
  readonly unavailableKid: string
  readonly lifetimeSeconds: number
  /** Returns `iat` and `exp` of a token that is issued in `fromNowSeconds`. */
  readonly times: (fromNowSeconds: number) => { readonly iat: number; readonly exp: number }
  /** Returns the claims of a valid token, some of them replaced. */
  readonly claims: (claims: TokenPart) => TokenPart
  /** Signs exactly these claims. */
  readonly sign: (claims: TokenPart, header?: TokenPart) => string
  readonly revoke: (token: string) => void
  /** Makes every later revocation check of this token fail. */
  readonly simulateRevocationOutage: (token: string) => void
}

const hour = 3600

/** Creates the methods of `bad`. */
export function createBadCredentials(mint: Mint, carrier: Carrier): BadCredentials {
  const { attach } = carrier
  const signed = (claims: TokenPart = {}, changes: TokenPart = {}, header: TokenPart = {}) => {
    return mint.sign({ ...mint.claims(claims), ...changes }, header)
  }
  const attachAfter = (prepare: (token: string) => void, token: string) => {
    prepare(token)
    return attach(token)
  }
  return Object.freeze({
    ...createMalformed(carrier),
    crossSite: (claims) => carrier.attachCrossSite(signed(claims)),
    wrongType: (claims) => attach(signed(claims, {}, { typ: differentType(mint.typ) })),
    algorithmNotAllowed: (claims = {}) =>
      attach(`${encodeParts({ alg: 'none', typ: mint.typ }, mint.claims(claims))}.`),
    unknownIssuer: (claims) => attach(signed(claims, { iss: randomUrl('issuer') })),
    wrongAudience: (claims) => attach(signed(claims, { aud: randomUrl('api') })),
    unknownKey: (claims) => attach(signed(claims, {}, { kid: 'unknown-key' })),
    // The signed token has a random `jti`, so the new claims always differ from the signed ones.
    tampered: (claims = {}) => {
      return attach(exchangeClaims(signed({}, { jti: randomUUID() }), mint.claims({ sub: 'another-user', ...claims })))
    },
    expired: (claims) => attach(signed(claims, mint.times(-hour - mint.lifetimeSeconds))),
    notActive: (claims) => attach(signed(claims, { ...mint.times(hour), nbf: mint.times(hour).iat })),
    claimInvalid: (claims) => attach(signed(claims, { sub: 7 })),
    bound: (claims) => attach(signed(claims, { cnf: { jkt: 'thumbprint-of-a-key' } })),
    revoked: (claims) => attachAfter(mint.revoke, signed(claims)),
    withoutScope: (claims) => attach(signed(claims)),
    withoutRole: (claims) => attach(signed(claims)),
    keysUnavailable: (claims) => attach(signed(claims, {}, { kid: mint.unavailableKid })),
    revocationUnavailable: (claims) => attachAfter(mint.simulateRevocationOutage, signed(claims)),
  } satisfies BadCredentials)
}

/** Random, because an API could have any fixed name in its settings. */
const randomUrl = (kind: string) => `https://another-${kind}-${randomUUID()}.test`

/** A type of a token for another use, and not the one that the API expects. */
const differentType = (typ: string) => (/dpop/i.test(typ) ? 'logout+jwt' : 'dpop+jwt')

/** Creates the methods whose credentials are rejected before a claim is read. */
function createMalformed({ attach, noToken }: Carrier) {
  return {
    missing: () => Object.freeze({}),
    requestMalformed: () => noToken,
    malformed: () => attach('not-a-token'),
    tooLarge: (bytes = 8193) => attach('x'.repeat(bytes)),
  } satisfies Partial<BadCredentials>
}
