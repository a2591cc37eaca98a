import { findAlgorithm } from '@claimcheck/core/internal'
import type { JsonObject } from '../lib/json.ts'
import { formatRelativeTime, formatTime, looksLikeMilliseconds } from '../lib/time.ts'
import type { DecodedToken } from './decode-token.ts'

/** A property of a token with its meaning, or null if only the issuer defines it. */
export interface DescribedMember {
  readonly name: string
  readonly value: unknown
  readonly meaning: string | null
}

/** A decoded token with explanations. */
export interface DescribedToken extends Pick<DecodedToken, 'form' | 'signatureBytes'> {
  /** Always false, because decoding verifies nothing. */
  readonly verified: false
  readonly header: readonly DescribedMember[]
  /** null if they are encrypted. */
  readonly claims: readonly DescribedMember[] | null
  /** Problems of the token as a whole. */
  readonly remarks: readonly string[]
}

/** Explains a decoded token. `nowSeconds` is in seconds since the epoch. */
export function describeToken(token: DecodedToken, nowSeconds: number): DescribedToken {
  const { form, header, claims, signatureBytes } = token
  const members = (object: object, describe: (name: string, value: unknown) => string | null) =>
    Object.entries(object).map(([name, value]) => ({ name, value: value as unknown, meaning: describe(name, value) }))
  return {
    form,
    verified: false,
    header: members(header, (name, value) => describeHeader(name, value, form)),
    claims: claims === null ? null : members(claims, (name, value) => describeClaim(name, value, nowSeconds)),
    signatureBytes,
    remarks: findRemarks(token),
  }
}

function findRemarks({ form, header, claims, signatureBytes }: DecodedToken): readonly string[] {
  const remarks: string[] = []
  if (form === 'JWS' && signatureBytes === 0) remarks.push('It has no signature, so every server rejects it.')
  if (claims !== null && isIdToken(claims)) {
    remarks.push('It looks like an ID token, which is for the client. APIs need an access token.')
  }
  if (claims !== null && !Object.hasOwn(claims, 'exp')) {
    remarks.push('It has no exp and would never expire. It is rejected unless maxLifetimeSeconds is null.')
  }
  if (form === 'JWS' && !Object.hasOwn(header, 'alg')) remarks.push('It has no alg, so every server rejects it.')
  return remarks
}

function isIdToken(claims: JsonObject): boolean {
  const isMarked = ['at_hash', 'c_hash', 'nonce'].some((name) => Object.hasOwn(claims, name))
  return isMarked || claims['typ'] === 'ID' || claims['token_use'] === 'id'
}

const algorithmFamilies: Readonly<Record<string, string>> = {
  HS: 'signed with a shared secret (HMAC)',
  RS: 'signed with RSA (PKCS #1 v1.5)',
  PS: 'signed with RSA (PSS)',
  ES: 'signed with ECDSA',
  Ed: 'signed with Ed25519',
  ML: 'signed with ML-DSA (post-quantum)',
}

const types: Readonly<Record<string, string>> = {
  jwt: 'a JWT',
  'at+jwt': 'an access token (RFC 9068)',
  'dpop+jwt': 'a DPoP proof (RFC 9449), not an access token',
  'logout+jwt': 'a logout token, not an access token',
  'secevent+jwt': 'a security event, not an access token',
}

const headerMeanings: Readonly<Record<string, string>> = {
  kid: 'the key ID',
  cty: 'the content type',
  enc: 'how the content is encrypted',
  zip: 'the content is compressed; such tokens are rejected',
  crit: 'extensions that the reader must support; such tokens are rejected',
  jwk: 'a key inside the token; never used',
  jku: 'a URL for the keys; never fetched',
  x5u: 'a URL for the certificate; never fetched',
  x5c: 'a certificate inside the token; never used',
  x5t: 'the thumbprint of a certificate',
  'x5t#S256': 'the thumbprint of a certificate',
}

/** Explains a header parameter (RFC 7515, RFC 7516). Returns null for an unknown one. */
function describeHeader(name: string, value: unknown, form: 'JWS' | 'JWE'): string | null {
  if (name === 'alg') return form === 'JWE' ? 'how the content key is encrypted' : describeAlgorithm(value)
  if (name === 'typ' && typeof value === 'string') {
    const type = value.toLowerCase().replace(/^application\//, '')
    return Object.hasOwn(types, type) ? (types[type] ?? null) : 'a custom type'
  }
  return Object.hasOwn(headerMeanings, name) ? (headerMeanings[name] ?? null) : null
}

function describeAlgorithm(value: unknown): string {
  if (typeof value !== 'string') return 'must be a string'
  if (value.toLowerCase() === 'none') return 'not signed: anyone could have written it, so every server rejects it'
  // The family alone is not enough: ESxyz begins like ES256.
  return (findAlgorithm(value) && algorithmFamilies[value.slice(0, 2)]) ?? 'an unknown algorithm'
}

/** Registered claims (RFC 7519, RFC 8693, RFC 9068, OpenID Connect Core 1.0), and claims of large providers. */
const claimMeanings: Readonly<Record<string, string>> = {
  iss: 'the issuer',
  sub: 'the subject: the user, or the client itself',
  aud: 'the APIs that it is for',
  jti: 'the token ID',
  scope: 'the scopes',
  scp: 'the scopes',
  permissions: 'the permissions',
  roles: 'the roles; each one is a role in claimcheck, unless a role map is configured',
  admin: 'if true, the role admin in claimcheck, unless a role map is configured',
  groups: 'the groups of the subject',
  entitlements: 'the entitlements of the subject',
  client_id: 'the client that requested it',
  azp: 'the client that requested it',
  appid: 'the client that requested it',
  sid: 'the session ID',
  cnf: 'the key that it is bound to; it is rejected unless tokenBinding is null',
  act: 'the party that acts for the subject',
  amr: 'how the user logged in',
  acr: 'the assurance level of the login',
  name: 'the full name',
  given_name: 'the first name',
  family_name: 'the family name',
  nickname: 'the nickname',
  preferred_username: 'the user name',
  email: 'the email address',
  email_verified: 'whether the email address was verified',
  picture: 'the URL of a picture',
  locale: 'the language',
  tid: 'the tenant ID',
  oid: 'the object ID of the subject',
  nonce: 'connects an ID token to a login',
  at_hash: 'a mark of an ID token',
  c_hash: 'a mark of an ID token',
  token_use: 'the kind of token',
  realm_access: 'realm roles (Keycloak)',
  resource_access: 'client roles (Keycloak)',
}

const timeClaims: Readonly<Record<string, (seconds: number, now: number) => string>> = {
  exp: (seconds, now) => (seconds > now ? 'expires' : 'expired'),
  iat: () => 'issued',
  nbf: (seconds, now) => (seconds > now ? 'becomes valid' : 'valid since'),
  auth_time: () => 'the user logged in',
  updated_at: () => 'the profile was updated',
}

/** Explains a claim. Returns null for a claim that only its issuer defines. */
function describeClaim(name: string, value: unknown, nowSeconds: number): string | null {
  const describeTime = Object.hasOwn(timeClaims, name) ? timeClaims[name] : undefined
  if (describeTime === undefined) return Object.hasOwn(claimMeanings, name) ? (claimMeanings[name] ?? null) : null
  if (typeof value !== 'number') return 'must be a number of seconds since 1970'
  const time = formatTime(value)
  if (time === null) return 'is out of range'
  if (looksLikeMilliseconds(value))
    return `must be seconds since 1970, but looks like milliseconds (${formatTime(value / 1000)})`
  const isFuture = name === 'iat' && value > nowSeconds
  const warning = isFuture ? '; one of the clocks is wrong' : ''
  return `${describeTime(value, nowSeconds)} ${formatRelativeTime(value, nowSeconds)}, ${time}${warning}`
}
