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
import { at, defineOptions, describe, describeOther, later, readOptions, readString } from '../lib/options.ts'
import type { LaterOption } from '../lib/options.ts'
import { getOwn, hasMethod, hasOwn, withoutPrototype } from '../lib/properties.ts'

/** A shared secret. It must have at least as many bytes as the hash of its algorithm. A string is encoded as UTF-8. */
export type Secret = string | Uint8Array

/**
 * The keys that verify an issuer's tokens: a secret (or a list, while it is rotated), one public key, a JWK Set (RFC 7517),
 * the location of one, or a custom KeySource.
 */
export type KeyOptions =
  | { readonly secret: Secret | readonly Secret[] }
  | { readonly publicKey: PublicKey }
  | { readonly jwks: { readonly keys: readonly (Jwk | JwkLike)[] } }
  | RemoteKeyOptions
  | KeySource

/**
 * A JWK Set that is fetched: from `jwksUrl` or, if that is absent, from the `jwks_uri` in the issuer's metadata. Plain HTTP
 * is allowed only for localhost and for the hosts in `allowHttp`, such as a service of a compose file.
 */
export type RemoteKeyOptions =
  | { readonly jwksUrl: string; readonly allowHttp?: readonly string[] }
  | { readonly allowHttp: readonly string[] }

/** The key source of an issuer, and the signature algorithms that are accepted for its tokens. */
export interface ParsedKeys {
  readonly source: IssuerKeys
  readonly algorithms: ReadonlySet<Algorithm>
}

/** What `parseKeys` needs in addition to the option `keys`. */
export interface KeyContext {
  readonly issuer: string | null
  /** The option `algorithms`; null if it is absent. */
  readonly listed: readonly Algorithm[] | null
  readonly maxStaleSeconds: number
  readonly fetchContext: KeyFetchContext
  readonly secrets: SecretRegistry
}

export const keyOptions = defineOptions({
  secret: { read: later, fallback: null },
  publicKey: { read: later, fallback: null },
  jwks: { read: later, fallback: null },
  jwksUrl: { read: later, fallback: null },
  allowHttp: { read: readHosts, fallback: null },
})

/** Parses the option `keys` of an issuer. Without the option `algorithms`, the keys decide which algorithms are accepted. */
export function parseKeys(path: string, keys: LaterOption | null, context: KeyContext): ParsedKeys {
  const { listed } = context
  const algorithmsPath = at(path, 'algorithms')
  if (listed?.some(isHmac) === true && !listed.every(isHmac)) {
    const expected = 'either HMAC algorithms or algorithms of public keys, never both'
    throw new ConfigError(algorithmsPath, expected, listed.join(', '))
  }
  if (keys === null) return fromNetwork(path, { jwksUrl: null, allowHttp: [] }, context)
  const { option, value } = keys
  if (isKeySource(value)) return { source: createCustomKeys(value), algorithms: new Set(listed ?? publicAlgorithms) }
  const { secret, publicKey, jwks, jwksUrl, allowHttp } = readOptions(option, value, keyOptions)
  const kinds = Object.entries({ secret, publicKey, jwks, jwksUrl })
  const provided = kinds.flatMap(([kind, input]) => (input === null ? [] : [kind]))
  if (provided.length > 1 || (provided.length === 0 && allowHttp === null)) {
    const received = provided.length === 0 ? 'none of them' : provided.join(' and ')
    throw new ConfigError(option, `exactly one of ${kinds.map(([kind]) => kind).join(', ')}`, received)
  }
  const configured = secret ?? publicKey ?? jwks
  if (configured === null) return fromNetwork(path, { jwksUrl, allowHttp: allowHttp ?? [] }, context)
  checkKind(algorithmsPath, listed, secret !== null)
  if (allowHttp !== null)
    throw new ConfigError(at(option, 'allowHttp'), 'it alone or with jwksUrl', `it with ${provided.at(0)}`)
  if (configured === secret) return fromSecrets(configured, listed ?? ['HS256'], context.secrets)
  const read = configured === jwks ? parseJwks : parseOnePublicKey
  return fromPublicKeys(configured.option, read(configured), listed)
}

/**
 * Rejects HMAC algorithms for a public key, and all others for a secret. If a public key could verify HMACs, an attacker
 * could sign a token with the public key as the secret.
 */
function checkKind(option: string, listed: readonly Algorithm[] | null, isSecret: boolean): void {
  if (listed === null || listed.every((algorithm) => isHmac(algorithm) === isSecret)) return
  const names = Object.keys(hmacSecretBytes).join(', ')
  const expected = isSecret ? `only ${names} with a secret` : `none of ${names} with public keys`
  throw new ConfigError(option, expected, listed.join(', '))
}

interface NetworkOptions {
  readonly jwksUrl: LaterOption | null
  readonly allowHttp: readonly string[]
}

function fromNetwork(path: string, { jwksUrl, allowHttp }: NetworkOptions, context: KeyContext): ParsedKeys {
  const { issuer, listed, maxStaleSeconds, fetchContext } = context
  checkKind(at(path, 'algorithms'), listed, false)
  const location =
    jwksUrl === null
      ? { issuer: parseDiscoverable(path, issuer, allowHttp), allowHttp }
      : { issuer, jwksUrl: parseUrl(jwksUrl, allowHttp) }
  const source = createRemoteKeys(location, maxStaleSeconds, fetchContext)
  return { source, algorithms: new Set(listed ?? publicAlgorithms) }
}

/** If no keys are configured, they are discovered from the issuer's metadata, so the issuer must be a URL. */
function parseDiscoverable(path: string, issuer: string | null, allowHttp: readonly string[]): string {
  if (issuer !== null)
    return parseUrl({ option: at(path, 'issuer'), value: issuer }, allowHttp, ', because no keys are set')
  const option = at(path, 'keys')
  const message = `"${option}" is required when issuer is null: there is no issuer to discover them from`
  throw new ConfigError(option, 'keys, because issuer is null', 'undefined', { message })
}

function parseUrl({ option, value }: LaterOption, allowHttp: readonly string[], reason = ''): string {
  const text = readString(option, value)
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && isAllowedUrl(url, allowHttp)) return text
  const expected = 'an https URL without credentials (http only on localhost or on a host in keys.allowHttp)'
  throw new ConfigError(option, expected + reason, describeUrl(url))
}

const knownSchemes: ReadonlySet<string> = new Set(['http:', 'https:', 'file:', 'ftp:', 'ws:', 'wss:', 'data:'])

/**
 * Describes a URL for an error. It shows no part of the URL except a known scheme, because any other part may contain a
 * password or a key. A secret that contains a colon can parse as a URL, so an unknown scheme is not shown either.
 */
export function describeUrl(url: URL | null): string {
  if (url === null) return 'a string that is not a URL'
  if (url.username + url.password !== '') return 'a URL with credentials'
  return `a URL with ${knownSchemes.has(url.protocol) ? `the scheme ${url.protocol.slice(0, -1)}` : 'another scheme'}`
}

function readHosts(option: string, value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw new ConfigError(option, 'an array of host names', describe(value))
  return value.map((host: unknown, index) => {
    const name = readString(`${option}[${index}]`, host).toLowerCase()
    if (/^[a-z0-9.-]+(:\d+)?$/.test(name)) return name
    const received = URL.canParse(name) ? describeUrl(new URL(name)) : 'another string'
    throw new ConfigError(`${option}[${index}]`, 'a host name without scheme and path', received)
  })
}

function isKeySource(value: unknown): value is KeySource {
  return typeof value === 'object' && value !== null && hasMethod(value, 'find') && hasMethod(value, 'has')
}

function fromSecrets(
  { option, value }: LaterOption,
  listed: readonly Algorithm[],
  registry: SecretRegistry,
): ParsedKeys {
  const algorithms = listed.filter(isHmac)
  const secrets = listSecrets(option, value).map((secret, index) => {
    const path = Array.isArray(value) ? `${option}[${index}]` : option
    const bytes = parseSecret(path, secret, algorithms)
    registry.addSigning(path, bytes)
    return bytes
  })
  return fromKeys([secretKey(secrets, algorithms)], algorithms)
}

function listSecrets(option: string, value: unknown): readonly unknown[] {
  const secrets: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (secrets.length > 0) return secrets
  throw new ConfigError(option, 'a secret or a non-empty array of secrets', 'an empty array')
}

function secretKey(secrets: readonly Uint8Array[], algorithms: readonly HmacAlgorithm[]): VerificationKey {
  return makeVerificationKey({ kid: null, kty: 'oct', algorithms }, { secrets })
}

function fromPublicKeys(
  option: string,
  keys: readonly VerificationKey[],
  listed: readonly Algorithm[] | null,
): ParsedKeys {
  const possible = new Set(keys.flatMap((key) => key.algorithms))
  if (listed === null) return fromKeys(keys, possible)
  if (!listed.some((algorithm) => possible.has(algorithm))) {
    throw new ConfigError(option, `a key for ${listed.join(' or ')}`, `a key for ${[...possible].join(' or ')}`)
  }
  return fromKeys(keys, listed)
}

function fromKeys(keys: readonly VerificationKey[], algorithms: Iterable<Algorithm>): ParsedKeys {
  return { source: createStaticKeys(keys), algorithms: new Set(algorithms) }
}

function parseOnePublicKey({ option, value }: LaterOption): readonly VerificationKey[] {
  return [parsePublicKey(option, value)]
}

/** Ignores keys for other purposes, such as encryption. A private key, a secret or a malformed key is a ConfigError. */
function parseJwks({ option, value }: LaterOption): readonly VerificationKey[] {
  const entries = isJsonObject(value) ? getOwn(value, 'keys') : undefined
  if (!Array.isArray(entries))
    throw new ConfigError(option, 'a JWK Set: an object with an array "keys"', describe(value))
  const keys: VerificationKey[] = []
  for (const [index, entry] of entries.entries()) {
    const key = readJwk(entry)
    if (!hasOwn(key, 'fault')) keys.push(key)
    else if (!key.ignorable) throw new ConfigError(`${option}.keys[${index}]`, 'a public key for signatures', key.fault)
  }
  const hasDuplicate = keys.some((key, index) => keys.slice(0, index).some((other) => isAmbiguousWith(key, other)))
  if (hasDuplicate) throw new ConfigError(option, 'keys that differ in kid or algorithm', 'two keys that share both')
  if (keys.length === 0)
    throw new ConfigError(option, 'a JWK Set with a public key for signatures', 'a JWK Set without one')
  return keys
}

/**
 * Creates a key that a custom KeySource can return, from a public key or from a secret (or a list, while it is rotated).
 * Throws a ConfigError for a key that `createAuth` does not accept as `keys`.
 */
export function createVerificationKey(
  material:
    | { readonly publicKey: PublicKey }
    | { readonly secret: Secret | readonly Secret[]; readonly algorithm: HmacAlgorithm },
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
  const secrets = listSecrets('secret', secret).map((one) => parseSecret('secret', one, [algorithm]))
  return secretKey(secrets, [algorithm])
}

/**
 * The secrets of all issuers of one Auth. A secret must not both sign and encrypt: a service that has the secret only to
 * encrypt tokens could also sign them.
 */
export class SecretRegistry {
  readonly #signing: Uint8Array[] = []
  readonly #encrypting: JweKey[] = []

  /** Throws a ConfigError if the secret also encrypts. */
  addSigning(option: string, secret: Uint8Array): void {
    if (this.#encrypting.some((key) => key.isSecret(secret))) throw usedTwice(option, 'sign', 'encrypt')
    this.#signing.push(secret)
  }

  /** Throws a ConfigError if the key is a secret that also signs. */
  addEncrypting(option: string, key: JweKey): void {
    if (this.#signing.some((secret) => key.isSecret(secret))) throw usedTwice(option, 'encrypt', 'sign')
    this.#encrypting.push(key)
  }
}

function usedTwice(option: string, use: string, otherUse: string): ConfigError {
  return new ConfigError(option, `a secret that is only used to ${use}`, `a secret that is also used to ${otherUse}`)
}
