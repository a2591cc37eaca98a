import { randomUUID } from 'node:crypto'
import type { AuthErrorCode } from '@claimcheck/core'
import { encodeParts, exchangeClaims } from '../lib/compact-token.ts'
import type { TokenPart } from '../lib/compact-token.ts'
import type { Carrier, Credentials, RequestHeaders } from './credentials.ts'
import type { TestClaims } from './test-claims.ts'

/**
 * What an API refuses, one for each code of a refusal. Each may be given claims, as `asUser` may: an admin's token that
 * is over is refused as everybody's.
 */
export interface BadCredentials {
  /** No credentials at all: 401 `token_missing`. */
  readonly missing: () => RequestHeaders
  /** `Bearer` with nothing behind it: 400 `request_malformed`. */
  readonly requestMalformed: () => RequestHeaders
  /**
   * A good token by cookie, in a request that another site made: 403 `cross_site_request`, unless it only reads. Throws
   * ConfigError where `tokenFrom` names no cookie.
   */
  readonly crossSite: (claims?: TestClaims) => Credentials
  /** A word that is no token: 401 `token_malformed`. */
  readonly malformed: () => Credentials
  /** More bytes than `maxTokenBytes`: 401 `token_too_large`. @default 8193, one more than the default lets in */
  readonly tooLarge: (bytes?: number) => Credentials
  /** A token for another use, by its `typ`: 401 `token_type_not_allowed`. */
  readonly wrongType: (claims?: TestClaims) => Credentials
  /** A token that nobody signed, `alg: 'none'`: 401 `algorithm_not_allowed`. */
  readonly algorithmNotAllowed: (claims?: TestClaims) => Credentials
  /** A token of another issuer: 401 `issuer_unknown`. */
  readonly unknownIssuer: (claims?: TestClaims) => Credentials
  /** A token for another API: 401 `audience_not_allowed`. */
  readonly wrongAudience: (claims?: TestClaims) => Credentials
  /** A token that names a key which the issuer has not: `key_not_found` in the log, 401 `signature_invalid` to the client. */
  readonly unknownKey: (claims?: TestClaims) => Credentials
  /** A good token whose claims were exchanged for these, or for another subject, after it was signed: 401 `signature_invalid`. */
  readonly tampered: (claims?: TestClaims) => Credentials
  /** A token that has been over for an hour: 401 `token_expired`. */
  readonly expired: (claims?: TestClaims) => Credentials
  /** A token that is good an hour from now: 401 `token_not_active`. */
  readonly notActive: (claims?: TestClaims) => Credentials
  /** A token whose subject is no string: 401 `claim_invalid`. */
  readonly claimInvalid: (claims?: TestClaims) => Credentials
  /** A token that is bound to a key (`cnf`), without a proof: 401 `token_bound`. */
  readonly bound: (claims?: TestClaims) => Credentials
  /** A token that was revoked: 401 `token_revoked`. */
  readonly revoked: (claims?: TestClaims) => Credentials
  /** A good token without a scope: 403 `scope_insufficient` on a route that asks for one. */
  readonly withoutScope: (claims?: TestClaims) => Credentials
  /** A good token without a role: 403 `access_denied` on a route that asks for one. */
  readonly withoutRole: (claims?: TestClaims) => Credentials
  /** A token whose key cannot be had, as in an outage of the issuer: 503 `keys_unavailable`. */
  readonly keysUnavailable: (claims?: TestClaims) => Credentials
  /** A token of which nobody knows whether it was revoked, as in an outage of the list: 503 `revocation_unavailable`. */
  readonly revocationUnavailable: (claims?: TestClaims) => Credentials
}

/** Which of the bad credentials provokes a code, for a test that walks all of them. */
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

/** What makes and judges the tokens of a test issuer. */
export interface Mint {
  readonly typ: string
  /** The name of a key that cannot be had. */
  readonly kidOutOfReach: string
  readonly lifetimeSeconds: number
  /** When a token was issued and when it ends, where it was issued so many seconds from now. */
  readonly times: (fromNowSeconds: number) => { readonly iat: number; readonly exp: number }
  /** The claims of a good token, with these before its own. */
  readonly claims: (claims: TokenPart) => TokenPart
  /** Signs these claims as they are. */
  readonly sign: (claims: TokenPart, header?: TokenPart) => string
  readonly revoke: (token: string) => void
  /** From here on, whoever asks whether the token was revoked is given no answer. */
  readonly hideRevocation: (token: string) => void
}

const hour = 3600

/** Makes what an API refuses of what its issuer makes. */
export function createBadCredentials(mint: Mint, carrier: Carrier): BadCredentials {
  const carry = (token: string) => carrier.carry(token)
  const signed = (claims: TokenPart = {}, changes: TokenPart = {}, header: TokenPart = {}) => {
    return mint.sign({ ...mint.claims(claims), ...changes }, header)
  }
  const after = (mark: (token: string) => void, token: string) => {
    mark(token)
    return carry(token)
  }
  return Object.freeze({
    ...createUnreadable(carrier),
    crossSite: (claims) => carrier.carryFromElsewhere(signed(claims)),
    wrongType: (claims) => carry(signed(claims, {}, { typ: otherThan(mint.typ) })),
    algorithmNotAllowed: (claims = {}) => carry(`${encodeParts({ alg: 'none', typ: mint.typ }, mint.claims(claims))}.`),
    unknownIssuer: (claims) => carry(signed(claims, { iss: another('issuer') })),
    wrongAudience: (claims) => carry(signed(claims, { aud: another('api') })),
    unknownKey: (claims) => carry(signed(claims, {}, { kid: 'a key that is not there' })),
    // It was signed with a `jti` that no claims can name, so that they are never the old ones.
    tampered: (claims = {}) => {
      return carry(exchangeClaims(signed({}, { jti: randomUUID() }), mint.claims({ sub: 'somebody-else', ...claims })))
    },
    expired: (claims) => carry(signed(claims, mint.times(-hour - mint.lifetimeSeconds))),
    notActive: (claims) => carry(signed(claims, { ...mint.times(hour), nbf: mint.times(hour).iat })),
    claimInvalid: (claims) => carry(signed(claims, { sub: 7 })),
    bound: (claims) => carry(signed(claims, { cnf: { jkt: 'the thumbprint of a key' } })),
    revoked: (claims) => after(mint.revoke, signed(claims)),
    withoutScope: (claims) => carry(signed(claims)),
    withoutRole: (claims) => carry(signed(claims)),
    keysUnavailable: (claims) => carry(signed(claims, {}, { kid: mint.kidOutOfReach })),
    revocationUnavailable: (claims) => after(mint.hideRevocation, signed(claims)),
  } satisfies BadCredentials)
}

/** A name that no API was given: one that is written here could be that of the API itself. */
const another = (kind: string) => `https://another-${kind}-${randomUUID()}.test`

/** The type of a token for another use, also where the API takes those of the first. */
const otherThan = (typ: string) => (/dpop/i.test(typ) ? 'logout+jwt' : 'dpop+jwt')

/** What is refused before a claim is read. */
function createUnreadable({ carry, noToken }: Carrier) {
  return {
    missing: () => Object.freeze({}),
    requestMalformed: () => noToken,
    malformed: () => carry('not-a-token'),
    tooLarge: (bytes = 8193) => carry('x'.repeat(bytes)),
  } satisfies Partial<BadCredentials>
}
