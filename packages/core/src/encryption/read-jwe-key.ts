import { parseBase64url } from '#platform'
import { base64url } from 'jose'
import type { CryptoKey } from 'jose'
import { ConfigError } from '../failure/errors.ts'
import { curves, rsaFault } from '../keys/jwk.ts'
import { parsePem } from '../keys/pem.ts'
import { readPkcs8 } from './pkcs8.ts'
import { pemToJwk } from '../keys/public-key.ts'
import type { CryptoKeyLike, Jwk, JwkLike, KeyObjectLike, PublicKey } from '../keys/public-key.ts'
import { hasOwn } from '../lib/properties.ts'
import { parseSecret } from '../keys/secret.ts'
import { readCryptoKey } from './jwe-crypto-key.ts'
import { identityOf, modulusBytes, readJweJwk } from './jwe-jwk.ts'
import type { KeyPart } from './jwe-jwk.ts'
import { JweKey } from './jwe-key.ts'
import { contentKeyBytes, wrappedKeyBytes } from './key-management.ts'

/** A private key: PEM (PKCS #8), a JWK, a CryptoKey or a Node KeyObject. */
export type PrivateKey = string | Jwk | JwkLike | CryptoKeyLike | KeyObjectLike

/** What decrypts: a private key of RSA, P-256, P-384, P-521 or X25519, or a secret of 32 bytes, as bytes or a JWK. */
export type DecryptionKey = PrivateKey | Uint8Array

/** What encrypts: the public half of such a pair, or the same secret. */
export type EncryptionKey = PublicKey | Uint8Array

const musts: Readonly<Record<KeyPart, string>> = {
  private: 'a private key (PEM of PKCS #8, a JWK, a CryptoKey or a KeyObject) or a secret of 32 bytes',
  public: 'a public key (PEM of SPKI or X.509, a JWK, a CryptoKey or a KeyObject) or a secret of 32 bytes',
}

/** Reads any form of a key of JWE, or throws a ConfigError that says what is wrong and shows nothing of the key. */
export function readJweKey(field: string, value: unknown, part: KeyPart): JweKey {
  if (typeof value === 'string') return part === 'private' ? fromPkcs8(field, value) : fromPublicPem(field, value)
  if (value instanceof Uint8Array) return fromSecret(field, null, value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigError(field, musts[part], value === undefined ? 'undefined' : `a value of type ${typeof value}`)
  }
  const kind = Object.prototype.toString.call(value)
  if (kind === '[object CryptoKey]') return readCryptoKey(field, value as CryptoKey, part)
  if (kind !== '[object KeyObject]') return fromJwk(field, value, part)
  return fromJwk(field, exportJwk(field, value as KeyObjectLike, part), part)
}

function fromJwk(field: string, value: unknown, part: KeyPart): JweKey {
  const read = readJweJwk(value, part)
  if (hasOwn(read, 'fault')) throw new ConfigError(field, musts[part], read.fault)
  const { facts, members, identity } = read
  if (facts.algorithm !== 'dir') return new JweKey(field, facts, { jwk: members }, identity)
  return fromSecret(field, facts.kid, parseBase64url(members['k'] ?? '') ?? new Uint8Array())
}

function fromSecret(field: string, kid: string | null, bytes: Uint8Array): JweKey {
  if (bytes.length !== contentKeyBytes) {
    throw new ConfigError(field, 'a secret of exactly 32 random bytes', `${bytes.length} bytes`)
  }
  const secret = parseSecret(field, bytes, [])
  const facts = { kid, algorithm: 'dir', curve: null, encryptedKeyBytes: 0 } as const
  return new JweKey(field, facts, { secret }, identityOf('dir', base64url.encode(secret)))
}

/** The half of a pair that a KeyObject holds must be the one that is wanted; a secret is both. */
function exportJwk(field: string, keyObject: KeyObjectLike, part: KeyPart): unknown {
  if (keyObject.type !== part && keyObject.type !== 'secret') {
    throw new ConfigError(field, musts[part], `a ${keyObject.type} KeyObject`)
  }
  try {
    return keyObject.export({ format: 'jwk' })
  } catch {
    throw new ConfigError(field, musts[part], 'a KeyObject of another type')
  }
}

function fromPublicPem(field: string, text: string): JweKey {
  return fromJwk(field, pemToJwk(field, text), 'public')
}

function fromPkcs8(field: string, text: string): JweKey {
  const pem = parsePem(text)
  if (pem?.label !== 'PRIVATE KEY') {
    const expected =
      'one PEM block PRIVATE KEY (PKCS #8, not encrypted: `openssl pkcs8 -topk8 -nocrypt`), or a secret as bytes'
    throw new ConfigError(field, expected, pem === null ? 'another string' : pem.kind)
  }
  const facts = readFacts(field, () => pem.toDer())
  if (facts.kty === 'RSA') {
    const fault = rsaFault(facts)
    if (fault !== null) throw new ConfigError(field, musts.private, fault)
    const encryptedKeyBytes = modulusBytes(parseBase64url(facts.n))
    const known = { kid: null, algorithm: 'RSA-OAEP-256', curve: null, encryptedKeyBytes } as const
    return new JweKey(field, known, { pkcs8: text.trim() }, identityOf('RSA-OAEP-256', facts.n))
  }
  const { crv, d } = facts
  const [, bytes = 32] = curves.get(crv) ?? []
  const known = { kid: null, algorithm: 'ECDH-ES+A256KW', curve: crv, encryptedKeyBytes: wrappedKeyBytes } as const
  return new JweKey(field, known, { pkcs8: text.trim() }, identityOf(crv, padded(d, bytes)))
}

function readFacts(field: string, toDer: () => Uint8Array) {
  try {
    return readPkcs8(toDer())
  } catch {
    throw new ConfigError(field, 'a PEM key of type RSA, EC (P-256, P-384, P-521) or X25519', 'another PEM key')
  }
}

/** Some write the private number of a curve without the zeros in front. */
function padded(d: string, bytes: number): string {
  const number = parseBase64url(d) ?? new Uint8Array()
  const whole = new Uint8Array(Math.max(bytes, number.length))
  whole.set(number, whole.length - number.length)
  return base64url.encode(whole)
}
