import { ConfigError } from '@claimcheck/core'
import { at, describe, readFields, readFunction, readNumber, withoutPrototype } from '@claimcheck/core/internal'
import type { Fields } from '@claimcheck/core/internal'
import { describeSecret } from '../lib/options.ts'
import { isWellFormed } from '../lib/unicode.ts'
import { createExternalSigner, createPrivateSigner, createSecretSigner, createVerificationKeyFor } from './signers.ts'
import { findPublicAlgorithm, isHmacAlgorithm } from './signing-key.ts'
import type {
  ExternalSigningKey,
  PublicKeyDetails,
  PublicSigningAlgorithm,
  ScheduledSigner,
  Signer,
} from './signing-key.ts'

const publicProperties: Readonly<Record<string, readonly string[]>> = {
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
/** The other properties that each kind of key can have. */
const keyOptions: ReadonlyMap<string, readonly string[]> = new Map([
  ['privateKey', []],
  ['secret', ['algorithm']],
  ['publicKey', ['sign']],
])
const expectedKey = '{ privateKey }, { secret } or { publicKey, sign }, as generateKeys and importSigningKey return it'
/** The end of the year 9999, in seconds. A time in milliseconds is later. */
const maxTime = 253_402_300_799

/** Reads one key of the option `keys`. Throws a ConfigError that shows nothing of the key. */
export function readSigningKey(option: string, value: unknown): ScheduledSigner {
  if (typeof value !== 'object' || value === null) throw new ConfigError(option, expectedKey, describeSecret(value))
  const [kind, others] = Array.from(keyOptions).find(([name]) => Object.hasOwn(value, name)) ?? []
  if (kind === undefined || others === undefined) {
    throw new ConfigError(option, expectedKey, 'an object without privateKey, secret and publicKey')
  }
  const fields = readFields(option, value, [kind, ...others, 'signsFrom'])
  const signsFrom = fields.has('signsFrom')
    ? readNumber(at(option, 'signsFrom'), fields.get('signsFrom'), 0, maxTime)
    : -Infinity
  return Object.freeze({ signer: createSigner(option, kind, fields), signsFrom })
}

function createSigner(option: string, kind: string, fields: Fields): Signer {
  const path = at(option, kind)
  if (kind === 'secret') {
    const algorithm = fields.get('algorithm') ?? 'HS256'
    if (isHmacAlgorithm(algorithm)) return createSecretSigner(path, fields.get('secret'), algorithm)
    throw new ConfigError(at(option, 'algorithm'), 'HS256, HS384 or HS512', describe(algorithm))
  }
  const jwk = withoutPrototype(readObject(path, fields.get(kind)))
  const details = readPublicKey(path, jwk)
  if (kind === 'privateKey') return createPrivateSigner(path, jwk, details)
  return createExternalSigner(details, readFunction<ExternalSigningKey['sign']>(at(option, 'sign'), fields.get('sign')))
}

function readObject(option: string, value: unknown): Readonly<Record<string, unknown>> {
  const isPlain =
    typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object Object]'
  if (isPlain) return value as Readonly<Record<string, unknown>>
  throw new ConfigError(
    option,
    'a JWK (`await importSigningKey(…)` converts PEM, a CryptoKey or a KeyObject)',
    describeSecret(value),
  )
}

function readPublicKey(option: string, jwk: Readonly<Record<string, unknown>>): PublicKeyDetails {
  const kty = String(jwk['kty'])
  const names = Object.hasOwn(publicProperties, kty) ? publicProperties[kty] : undefined
  if (names === undefined) {
    throw new ConfigError(at(option, 'kty'), 'RSA, EC or OKP (use { secret } for a secret)', describe(jwk['kty']))
  }
  const kid = readKid(at(option, 'kid'), jwk['kid'])
  const algorithm = readAlgorithm(at(option, 'alg'), kty, jwk)
  const properties = Object.fromEntries(
    names.flatMap((name) => (typeof jwk[name] === 'string' ? [[name, jwk[name]]] : [])),
  )
  const publicJwk = Object.freeze({ kty, ...properties, kid, alg: algorithm, use: 'sig' })
  return { algorithm, kid, publicJwk, verificationKey: createVerificationKeyFor(option, { publicKey: publicJwk }) }
}

function readKid(option: string, kid: unknown): string {
  if (typeof kid === 'string' && kid !== '' && isWellFormed(kid)) return kid
  throw new ConfigError(
    option,
    'a non-empty string that identifies the key (`await importSigningKey(…)` sets it to the thumbprint)',
    describe(kid),
  )
}

function readAlgorithm(option: string, kty: string, { alg, crv }: Readonly<Record<string, unknown>>) {
  const algorithm = alg === undefined ? defaultAlgorithms[kty === 'RSA' ? kty : String(crv)] : findPublicAlgorithm(alg)
  if (algorithm !== undefined) return algorithm
  throw new ConfigError(option, 'RS*, PS*, ES* or EdDSA, matching the type and curve of the key', describe(alg ?? crv))
}
