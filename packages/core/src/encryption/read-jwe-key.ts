import { parseBase64url } from '#platform'
import { base64url } from 'jose'
import type { CryptoKey } from 'jose'
import { ConfigError } from '../failure/errors.ts'
import {
  ecKey,
  elements,
  hex,
  integer,
  namedCurves,
  objectIdentifier,
  octetString,
  readAs,
  sequence,
  unsigned,
} from '../keys/asn1.ts'
import type { Element } from '../keys/asn1.ts'
import { cryptoKeyFault, curves, rsaFault } from '../keys/jwk.ts'
import { parsePem, pemToJwk } from '../keys/public-key.ts'
import type { CryptoKeyLike, Jwk, JwkLike, KeyObjectLike, PublicKey } from '../keys/public-key.ts'
import { parseSecret } from '../keys/secret.ts'
import { hasOwn, ownProperty } from '../lib/properties.ts'
import { identityOf, modulusBytes, readJweJwk } from './jwe-jwk.ts'
import type { KeyPart } from './jwe-jwk.ts'
import { contentKeyBytes, JweKey, wrappedKeyBytes } from './jwe-key.ts'
import type { JweKeyFacts } from './jwe-key.ts'

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

/** Reads a CryptoKey as a key of JWE, or throws a ConfigError. It is made for one algorithm, and says which. */
export function readCryptoKey(field: string, key: CryptoKey, part: KeyPart): JweKey {
  const facts = factsOf(key)
  const usage = usageOf(key, part)
  if (key.type !== part || facts === null || (usage !== null && !key.usages.includes(usage))) {
    const received = `a ${key.type} key for ${key.algorithm.name}, usages [${key.usages.join(', ')}]`
    throw new ConfigError(field, mustBe(part), received)
  }
  const bits = Number(ownProperty(key.algorithm, 'modulusLength') ?? Infinity)
  if (bits < 2048) throw new ConfigError(field, 'an RSA key of at least 2048 bits', `an RSA key of ${bits} bits`)
  const fault = cryptoKeyFault(key)
  if (fault !== null) throw new ConfigError(field, mustBe(part), fault)
  return new JweKey(field, facts, { cryptoKey: key }, key)
}

function mustBe(part: KeyPart): string {
  const usages = part === 'private' ? ['decrypt', 'deriveBits'] : ['encrypt', 'none']
  return `a ${part} CryptoKey: RSA-OAEP with SHA-256 (usage ${usages[0]}), ECDH or X25519 (usage ${usages[1]})`
}

/** What jose does with the key; it derives nothing from the public half of a curve's key, and so needs no usage of it. */
function usageOf({ algorithm }: CryptoKey, part: KeyPart): 'decrypt' | 'encrypt' | 'deriveBits' | null {
  if (algorithm.name === 'RSA-OAEP') return part === 'private' ? 'decrypt' : 'encrypt'
  return part === 'private' ? 'deriveBits' : null
}

function factsOf({ algorithm }: CryptoKey): JweKeyFacts | null {
  if (algorithm.name === 'RSA-OAEP') {
    const { hash, modulusLength } = algorithm as { readonly hash?: { readonly name: string }; modulusLength?: number }
    if (hash?.name !== 'SHA-256' || modulusLength === undefined) return null
    return { kid: null, algorithm: 'RSA-OAEP-256', curve: null, encryptedKeyBytes: Math.ceil(modulusLength / 8) }
  }
  const curve = curveOf(algorithm)
  if (curve === null) return null
  return { kid: null, algorithm: 'ECDH-ES+A256KW', curve, encryptedKeyBytes: wrappedKeyBytes }
}

function curveOf(algorithm: CryptoKey['algorithm']): string | null {
  if (algorithm.name === 'X25519') return 'X25519'
  if (algorithm.name !== 'ECDH') return null
  const curve = String(ownProperty(algorithm, 'namedCurve'))
  return curves.has(curve) ? curve : null
}

/** What a PKCS #8 says of its key: not all of a JWK, for it may leave the public half of a curve's key out. */
export type PrivateFacts =
  | { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  | { readonly kty: 'EC' | 'OKP'; readonly crv: string; readonly d: string }

const rsaKey = '2a864886f70d010101'
const x25519Key = '2b656e'

/** Reads a PrivateKeyInfo (RFC 5958 section 2) of a kind that decrypts, or throws a SyntaxError that tells nothing of it. */
export function readPkcs8(der: Uint8Array): PrivateFacts {
  const outer = readAs(der, sequence)
  if (outer.rest.length > 0) throw new SyntaxError('bytes follow the key')
  const [version, algorithm, privateKey] = elements(outer.content)
  if (version?.tag !== integer || algorithm?.tag !== sequence || privateKey?.tag !== octetString) {
    throw new SyntaxError('not a private key')
  }
  const [identifier, parameters] = elements(algorithm.content)
  switch (identifier?.tag === objectIdentifier ? hex(identifier.content) : '') {
    case rsaKey:
      return rsaFacts(privateKey.content)
    case ecKey:
      return ecFacts(privateKey.content, parameters)
    case x25519Key:
      return { kty: 'OKP', crv: 'X25519', d: base64url.encode(readAs(privateKey.content, octetString).content) }
    default:
      throw new SyntaxError('an unsupported key type')
  }
}

/** RSAPrivateKey of RFC 8017 appendix A.1.2; of two primes, as version 0 says. */
function rsaFacts(key: Uint8Array): PrivateFacts {
  const [version, n, e] = elements(readAs(key, sequence).content)
  if (version?.tag !== integer || version.content[0] !== 0)
    throw new SyntaxError('an RSA key with more than two primes')
  if (n?.tag !== integer || e?.tag !== integer) throw new SyntaxError('not an RSA key')
  return { kty: 'RSA', n: unsigned(n.content), e: unsigned(e.content) }
}

/** ECPrivateKey of RFC 5915. */
function ecFacts(key: Uint8Array, parameters: Element | undefined): PrivateFacts {
  const name = parameters?.tag === objectIdentifier ? hex(parameters.content) : ''
  const crv = Object.hasOwn(namedCurves, name) ? namedCurves[name] : undefined
  const [version, d] = elements(readAs(key, sequence).content)
  if (crv === undefined || version?.tag !== integer || d?.tag !== octetString) {
    throw new SyntaxError('an unsupported curve or form of the key')
  }
  return { kty: 'EC', crv, d: base64url.encode(d.content) }
}
