import { ConfigError } from '@claimcheck/core'
import type { VerificationKey } from '@claimcheck/core'
import { at, describe, readFields, readFunction, readNumber, withoutPrototype } from '@claimcheck/core/internal'
import type { Fields } from '@claimcheck/core/internal'
import { isWellFormed } from '../lib/unicode.ts'
import { createExternalSigner } from './external-signer.ts'
import { createPrivateSigner } from './signers.ts'
import { createSecretSigner } from './secret-signer.ts'
import { findPublicAlgorithm, isHmacAlgorithm } from './signing-algorithms.ts'
import type { PublicSigningAlgorithm } from './signing-algorithms.ts'
import type { ExternalSigningKey, Signer } from './signing-key.ts'
import { verificationKeyOf } from './verification-key-of.ts'

/** A key of the schedule: what signs, and from when on, in seconds; -Infinity for one that always could. */
export interface ScheduledSigner {
  readonly signer: Signer
  readonly signsFrom: number
}

/** The facts of a public key that signs: its JWK without anything but the members that may be shown. */
export interface PublicFacts {
  readonly algorithm: PublicSigningAlgorithm
  readonly kid: string
  readonly publicJwk: Readonly<Record<string, string>>
  readonly verificationKey: VerificationKey
}

const publicMembers: Readonly<Record<string, readonly string[]>> = {
  RSA: ['n', 'e'],
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
}
const defaultAlgorithms: Readonly<Record<string, PublicSigningAlgorithm>> = {
  RSA: 'RS256',
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'EdDSA',
}
const must = 'a key: { privateKey }, { secret } or { publicKey, sign }, as generateKeys and importSigningKey give it'

/** Reads one key of `keys`, or throws a ConfigError that shows nothing of it. */
export function readSigningKey(field: string, value: unknown): ScheduledSigner {
  if (typeof value !== 'object' || value === null) {
    throw new ConfigError(field, must, value === undefined ? 'missing' : `of type ${typeof value}`)
  }
  const kind = ['privateKey', 'secret', 'publicKey'].find((name) => Object.hasOwn(value, name))
  if (kind === undefined) throw new ConfigError(field, must, 'an object without any of these')
  const beside = { privateKey: [], secret: ['algorithm'], publicKey: ['sign'] }[kind] ?? []
  const fields = readFields(field, value, [kind, ...beside, 'signsFrom'])
  const signsFrom = fields.has('signsFrom')
    ? readNumber(at(field, 'signsFrom'), fields.get('signsFrom'), 0, 253_402_300_799)
    : -Infinity
  return Object.freeze({ signer: readSigner(field, kind, fields), signsFrom })
}

function readSigner(field: string, kind: string, fields: Fields): Signer {
  const path = at(field, kind)
  if (kind === 'secret') {
    const algorithm = fields.get('algorithm') ?? 'HS256'
    if (isHmacAlgorithm(algorithm)) return createSecretSigner(path, fields.get('secret'), algorithm)
    throw new ConfigError(at(field, 'algorithm'), 'HS256, HS384 or HS512', describe(algorithm))
  }
  const jwk = withoutPrototype(readObject(path, fields.get(kind)))
  const facts = readFacts(path, jwk)
  if (kind === 'privateKey') return createPrivateSigner(path, jwk, facts)
  return createExternalSigner(facts, readFunction<ExternalSigningKey['sign']>(at(field, 'sign'), fields.get('sign')))
}

function readObject(field: string, value: unknown): Readonly<Record<string, unknown>> {
  const isPlain =
    typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object Object]'
  if (isPlain) return value as Readonly<Record<string, unknown>>
  throw new ConfigError(
    field,
    'a JWK; `await importSigningKey(…)` makes one of PEM, a CryptoKey or a KeyObject',
    value === undefined ? 'missing' : `of type ${typeof value}`,
  )
}

function readFacts(field: string, jwk: Readonly<Record<string, unknown>>): PublicFacts {
  const kty = String(jwk['kty'])
  const names = Object.hasOwn(publicMembers, kty) ? publicMembers[kty] : undefined
  if (names === undefined)
    throw new ConfigError(at(field, 'kty'), 'RSA, EC or OKP; a secret stands under secret', describe(jwk['kty']))
  const { kid } = jwk
  if (typeof kid !== 'string' || kid === '' || !isWellFormed(kid)) {
    throw new ConfigError(
      at(field, 'kid'),
      'the name that tokens tell the key by; `await importSigningKey(…)` takes its thumbprint',
      describe(kid),
    )
  }
  const algorithm =
    jwk['alg'] === undefined
      ? defaultAlgorithms[kty === 'RSA' ? kty : String(jwk['crv'])]
      : findPublicAlgorithm(jwk['alg'])
  if (algorithm === undefined) {
    throw new ConfigError(
      at(field, 'alg'),
      'RS*, PS*, ES* or EdDSA, as its type and curve allow',
      describe(jwk['alg'] ?? jwk['crv']),
    )
  }
  const members = Object.fromEntries(
    names.flatMap((name) => (typeof jwk[name] === 'string' ? [[name, jwk[name]]] : [])),
  )
  const publicJwk = Object.freeze({ kty, ...members, kid, alg: algorithm, use: 'sig' })
  return { algorithm, kid, publicJwk, verificationKey: verificationKeyOf(field, { publicKey: publicJwk }) }
}
