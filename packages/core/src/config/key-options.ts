import type { JweKey } from '../encryption/jwe-key.ts'
import { ConfigError } from '../failure/errors.ts'
import { isAllowedUrl } from '../keys/fetch-json.ts'
import { isAmbiguousWith, readJwk } from '../keys/jwk.ts'
import { createCustomKeys, createStaticKeys } from '../keys/key-source.ts'
import type { IssuerKeys, KeySource } from '../keys/key-source.ts'
import { parsePublicKey } from '../keys/public-key.ts'
import type { Jwk, JwkLike, PublicKey } from '../keys/public-key.ts'
import { createRemoteKeys } from '../keys/remote-keys.ts'
import type { KeyFetchContext } from '../keys/remote-keys.ts'
import { parseSecret } from '../keys/secret.ts'
import { makeVerificationKey } from '../keys/verification-key.ts'
import type { VerificationKey } from '../keys/verification-key.ts'
import { hmacSecretBytes, isHmac, publicAlgorithms } from '../lib/algorithms.ts'
import type { Algorithm, HmacAlgorithm } from '../lib/algorithms.ts'
import { isJsonObject } from '../lib/json.ts'
import { at, describe, describeOther, readFields, readString } from '../lib/options.ts'
import type { Fields } from '../lib/options.ts'
import { getOwn, hasMethod, hasOwn, withoutPrototype } from '../lib/properties.ts'

/** A shared secret: its UTF-8 bytes, when it is a string, must be as many as those of the hash. */
export type Secret = string | Uint8Array

/** An issuer's keys: secrets (a list while one rotates), one public key, a JWK Set, here or on the network, or a source. */
export type KeyOptions =
  | { readonly secret: Secret | readonly Secret[] }
  | { readonly publicKey: PublicKey }
  | { readonly jwks: { readonly keys: readonly (Jwk | JwkLike)[] } }
  | RemoteKeyOptions
  | KeySource

/**
 * A JWK Set on the network, at a URL or, without one, where the issuer's metadata say. By https alone, but for this
 * machine and the hosts that `allowHttp` names, as of a compose file.
 */
export type RemoteKeyOptions =
  | { readonly jwksUrl: string; readonly allowHttp?: readonly string[] }
  | { readonly allowHttp: readonly string[] }

/** An issuer's key source, and the algorithms that a token may name. */
export interface ParsedKeys {
  readonly source: IssuerKeys
  readonly algorithms: ReadonlySet<Algorithm>
}

/** What the keys of an issuer depend on beside their own setting. */
export interface KeyContext {
  readonly issuer: string | null
  readonly listed: readonly Algorithm[] | null
  readonly maxStaleSeconds: number
  readonly seams: KeyFetchContext
  readonly secretUses: SecretRegistry
}

const kinds = ['secret', 'publicKey', 'jwks', 'jwksUrl']

/** Parses the `keys` of an issuer. The algorithms, when they are not listed, are those that the keys allow. */
export function parseKeys(path: string, value: unknown, context: KeyContext): ParsedKeys {
  const { listed } = context
  const field = at(path, 'keys')
  if (listed?.some(isHmac) === true && !listed.every(isHmac)) {
    throw new ConfigError(
      at(path, 'algorithms'),
      'either HMAC algorithms or algorithms of public keys, never both',
      listed.join(', '),
    )
  }
  if (isKeySource(value)) return { source: createCustomKeys(value), algorithms: new Set(listed ?? publicAlgorithms) }
  const fields = readFields(field, value === undefined ? { allowHttp: [] } : value, [...kinds, 'allowHttp'])
  const given = [...fields].filter(([name]) => name !== 'allowHttp')
  if (given.length > 1 || fields.size === 0) {
    const received = given.length === 0 ? 'none of them' : given.map(([name]) => name).join(' and ')
    throw new ConfigError(field, `exactly one of ${kinds.join(', ')}`, received)
  }
  const [[kind, material] = []] = given
  checkKind(at(path, 'algorithms'), listed, kind === 'secret')
  if (kind === undefined || kind === 'jwksUrl') return fromNetwork(path, fields, context)
  if (fields.has('allowHttp'))
    throw new ConfigError(at(field, 'allowHttp'), 'it alone or with jwksUrl', `it with ${kind}`)
  const name = at(field, kind)
  if (kind === 'secret') return fromSecrets(name, material, listed ?? ['HS256'], context.secretUses)
  return fromPublicKeys(name, kind === 'jwks' ? parseJwks(name, material) : [parsePublicKey(name, material)], listed)
}

/** A secret can only verify HMAC, and a public key never can. */
function checkKind(field: string, listed: readonly Algorithm[] | null, isSecret: boolean): void {
  if (listed === null || listed.every((algorithm) => isHmac(algorithm) === isSecret)) return
  const names = Object.keys(hmacSecretBytes).join(', ')
  const expected = isSecret ? `only ${names} with a secret` : `none of ${names} with public keys`
  throw new ConfigError(field, expected, listed.join(', '))
}

function fromNetwork(path: string, fields: Fields, context: KeyContext): ParsedKeys {
  const { issuer, listed, maxStaleSeconds, seams } = context
  const field = at(path, 'keys')
  const allowHttp = parseHosts(at(field, 'allowHttp'), fields.get('allowHttp') ?? [])
  const location = fields.has('jwksUrl')
    ? { issuer, jwksUrl: parseUrl(at(field, 'jwksUrl'), fields.get('jwksUrl'), allowHttp) }
    : { issuer: parseDiscoverable(path, issuer, allowHttp), allowHttp }
  return { source: createRemoteKeys(location, maxStaleSeconds, seams), algorithms: new Set(listed ?? publicAlgorithms) }
}

/** If no keys are set, they are discovered from the issuer's metadata, so the issuer must be a URL. */
function parseDiscoverable(path: string, issuer: string | null, allowHttp: readonly string[]): string {
  if (issuer !== null) return parseUrl(at(path, 'issuer'), issuer, allowHttp, ', because no keys are set')
  const field = at(path, 'keys')
  const message = `"${field}" is required when issuer is null: there is no issuer to discover them from`
  throw new ConfigError(field, 'keys, because issuer is null', 'undefined', { message })
}

function parseUrl(field: string, value: unknown, allowHttp: readonly string[], reason = ''): string {
  const text = readString(field, value)
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && isAllowedUrl(url, allowHttp)) return text
  const expected = 'an https URL without credentials (http only on localhost or on a host in keys.allowHttp)'
  throw new ConfigError(field, expected + reason, describeUrl(url))
}

const knownSchemes: ReadonlySet<string> = new Set(['http:', 'https:', 'file:', 'ftp:', 'ws:', 'wss:', 'data:'])

/** Describes a URL without its parts: each of them, even the scheme, can be a password or a key in the wrong place. */
export function describeUrl(url: URL | null): string {
  if (url === null) return 'a string that is not a URL'
  if (url.username + url.password !== '') return 'a URL with credentials'
  return `a URL with ${knownSchemes.has(url.protocol) ? `the scheme ${url.protocol.slice(0, -1)}` : 'another scheme'}`
}

function parseHosts(field: string, value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw new ConfigError(field, 'an array of host names', describe(value))
  return value.map((host: unknown, index) => {
    const name = readString(`${field}[${index}]`, host).toLowerCase()
    if (/^[a-z0-9.-]+(:\d+)?$/.test(name)) return name
    const received = URL.canParse(name) ? describeUrl(new URL(name)) : 'another string'
    throw new ConfigError(`${field}[${index}]`, 'a host name without scheme and path', received)
  })
}

function isKeySource(value: unknown): value is KeySource {
  return typeof value === 'object' && value !== null && hasMethod(value, 'find') && hasMethod(value, 'has')
}

function fromSecrets(field: string, value: unknown, listed: readonly Algorithm[], uses: SecretRegistry): ParsedKeys {
  const algorithms = listed.filter(isHmac)
  const written: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (written.length === 0) throw new ConfigError(field, 'a secret or a non-empty array of secrets', 'an empty array')
  const secrets = written.map((secret, index) => {
    const path = written === value ? `${field}[${index}]` : field
    const bytes = parseSecret(path, secret, algorithms)
    uses.addSigning(path, bytes)
    return bytes
  })
  return fromKeys([secretKey(secrets, algorithms)], algorithms)
}

function secretKey(secrets: readonly Uint8Array[], algorithms: readonly HmacAlgorithm[]): VerificationKey {
  return makeVerificationKey({ kid: null, kty: 'oct', algorithms }, { secrets })
}

function fromPublicKeys(
  field: string,
  keys: readonly VerificationKey[],
  listed: readonly Algorithm[] | null,
): ParsedKeys {
  const possible = new Set(keys.flatMap((key) => key.algorithms))
  if (listed === null) return fromKeys(keys, possible)
  if (!listed.some((algorithm) => possible.has(algorithm))) {
    throw new ConfigError(field, `a key for ${listed.join(' or ')}`, `a key for ${[...possible].join(' or ')}`)
  }
  return fromKeys(keys, listed)
}

function fromKeys(keys: readonly VerificationKey[], algorithms: Iterable<Algorithm>): ParsedKeys {
  return { source: createStaticKeys(keys), algorithms: new Set(algorithms) }
}

/** A key that is made for other work is left out; one that is dangerous, or no key at all, stops the start. */
function parseJwks(field: string, value: unknown): readonly VerificationKey[] {
  const entries = isJsonObject(value) ? getOwn(value, 'keys') : undefined
  if (!Array.isArray(entries))
    throw new ConfigError(field, 'a JWK Set: an object with an array "keys"', describe(value))
  const keys: VerificationKey[] = []
  for (const [index, entry] of entries.entries()) {
    const key = readJwk(entry)
    if (!hasOwn(key, 'fault')) keys.push(key)
    else if (!key.ignorable) throw new ConfigError(`${field}.keys[${index}]`, 'a public key for signatures', key.fault)
  }
  const twin = keys.find((key, index) => keys.slice(0, index).some((other) => isAmbiguousWith(key, other)))
  if (twin !== undefined)
    throw new ConfigError(field, 'keys that differ in kid or algorithm', 'two keys that share both')
  if (keys.length === 0)
    throw new ConfigError(field, 'a JWK Set with a public key for signatures', 'a JWK Set without one')
  return keys
}

/**
 * Makes what a KeySource of one's own must return, of a public key or of a secret (a list while one is
 * being rotated); throws ConfigError.
 */
export function createVerificationKey(
  material:
    | { readonly publicKey: PublicKey }
    | {
        readonly secret: string | Uint8Array | readonly (string | Uint8Array)[]
        readonly algorithm: HmacAlgorithm
      },
): VerificationKey {
  if (typeof material !== 'object' || material === null) {
    const [expected, received] = ['{ publicKey } or { secret, algorithm }', describe(material)]
    const message = `createVerificationKey expects ${expected}, received ${received}`
    throw new ConfigError('createVerificationKey', expected, received, { message })
  }
  if (hasOwn(material, 'publicKey')) return parsePublicKey('publicKey', material.publicKey)
  const { secret, algorithm } = withoutPrototype(material)
  if (!Object.hasOwn(hmacSecretBytes, algorithm))
    throw new ConfigError('algorithm', 'HS256, HS384 or HS512', describeOther(algorithm))
  const written: readonly unknown[] = Array.isArray(secret) ? secret : [secret]
  if (written.length === 0)
    throw new ConfigError('secret', 'a secret or a non-empty array of secrets', 'an empty array')
  const secrets = written.map((one) => parseSecret('secret', one, [algorithm]))
  return makeVerificationKey({ kid: null, kty: 'oct', algorithms: [algorithm] }, { secrets })
}

/**
 * Keeps each secret of one configuration to one use, whichever issuer has it: who is given a secret to encrypt with
 * must not be able to sign by it.
 */
export class SecretRegistry {
  readonly #signing: Uint8Array[] = []
  readonly #encrypting: JweKey[] = []

  /** Throws a ConfigError where the secret also encrypts. */
  addSigning(field: string, secret: Uint8Array): void {
    if (this.#encrypting.some((key) => key.isSecret(secret))) throw usedTwice(field, 'sign', 'encrypt')
    this.#signing.push(secret)
  }

  /** Throws a ConfigError where the key is a secret that also signs. */
  addEncrypting(field: string, key: JweKey): void {
    if (this.#signing.some((secret) => key.isSecret(secret))) throw usedTwice(field, 'encrypt', 'sign')
    this.#encrypting.push(key)
  }
}

function usedTwice(field: string, use: string, otherUse: string): ConfigError {
  return new ConfigError(field, `a secret that is only used to ${use}`, `a secret that is also used to ${otherUse}`)
}
