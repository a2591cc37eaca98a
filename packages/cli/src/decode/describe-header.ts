import { findAlgorithm } from '@claimcheck/core/internal'

const families: Readonly<Record<string, string>> = {
  HS: 'signed with a secret that issuer and API share (HMAC)',
  RS: 'signed with RSA (PKCS #1 v1.5)',
  PS: 'signed with RSA (PSS)',
  ES: 'signed with ECDSA',
  Ed: 'signed with Ed25519',
  ML: 'signed with ML-DSA, which withstands quantum computers',
}

const types: Readonly<Record<string, string>> = {
  jwt: 'a JWT',
  'at+jwt': 'an access token (RFC 9068)',
  'dpop+jwt': 'a proof of DPoP (RFC 9449), and no access token',
  'logout+jwt': 'a logout token, and no access token',
  'secevent+jwt': 'a security event, and no access token',
}

const meanings: Readonly<Record<string, string>> = {
  kid: 'the name of the key',
  cty: 'what is in it',
  enc: 'how the content is encrypted',
  zip: 'the content is compressed, which is refused',
  crit: 'extensions that the reader must know, which are refused',
  jwk: 'a key that the token brings itself, which is never looked at',
  jku: 'where the token says that its keys are, which is never looked at',
  x5u: 'where the token says that its certificate is, which is never looked at',
  x5c: 'a certificate that the token brings itself, which is never looked at',
  x5t: 'the thumbprint of a certificate',
  'x5t#S256': 'the thumbprint of a certificate',
}

/** Says in words what a header parameter means (RFC 7515, RFC 7516); null for one that is not known. */
export function describeHeader(name: string, value: unknown, form: 'JWS' | 'JWE'): string | null {
  if (name === 'alg') return form === 'JWE' ? 'how the key of the content is encrypted' : describeAlgorithm(value)
  if (name === 'typ' && typeof value === 'string') {
    const type = value.toLowerCase().replace(/^application\//, '')
    return Object.hasOwn(types, type) ? (types[type] ?? null) : 'a type of its own'
  }
  return Object.hasOwn(meanings, name) ? (meanings[name] ?? null) : null
}

function describeAlgorithm(value: unknown): string {
  if (typeof value !== 'string') return 'must be a string'
  if (value.toLowerCase() === 'none') return 'not signed: anybody may have written it, and it is refused everywhere'
  // Names that only begin as one are none of those that a server knows.
  return (findAlgorithm(value) && families[value.slice(0, 2)]) ?? 'an algorithm that is not known here'
}
