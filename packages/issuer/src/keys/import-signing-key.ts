import { ConfigError } from '@claimcheck/core'
import type { AlgorithmName, CryptoKeyLike, Jwk, JwkLike, KeyObjectLike } from '@claimcheck/core'
import { hasOwn, getOwn, readFunction, withoutPrototype } from '@claimcheck/core/internal'
import { calculateJwkThumbprint, exportJWK, importPKCS8, importSPKI, importX509 } from 'jose'
import type { CryptoKey } from 'jose'
import { describeSecret } from '../lib/options.ts'
import type { ExternalSigningKey, PrivateSigningKey } from './signing-key.ts'

/** A key as PEM (PKCS #8; a public key as SPKI or X.509), as a JWK, as a CryptoKey or as a KeyObject of Node. */
export type ImportableKey = string | Jwk | JwkLike | CryptoKeyLike | KeyObjectLike

interface ImportOptions {
  /** Required if neither the key nor its type determines the algorithm. @default RS256 for RSA */
  readonly algorithm?: AlgorithmName
  /** @default the thumbprint of the key (RFC 7638) */
  readonly kid?: string
  /** When the key starts to sign, in seconds since the epoch. @default immediately */
  readonly signsFrom?: number
}

interface ExternalKey {
  readonly publicKey: ImportableKey
  readonly sign: ExternalSigningKey['sign']
}

/** Converts a key to the form of the option `keys`. Rejects with a ConfigError that shows nothing of the key. */
export async function importSigningKey(
  key: { readonly privateKey: ImportableKey } & ImportOptions,
): Promise<PrivateSigningKey>
export async function importSigningKey(key: ExternalKey & ImportOptions): Promise<ExternalSigningKey>
export async function importSigningKey(
  key: ({ readonly privateKey: ImportableKey } | ExternalKey) & ImportOptions,
): Promise<PrivateSigningKey | ExternalSigningKey> {
  if (typeof key !== 'object' || key === null) {
    throw new ConfigError('key', 'an object with privateKey, or with publicKey and sign', describeSecret(key))
  }
  const { algorithm, kid, signsFrom } = withoutPrototype(key)
  const addNames = async (jwk: Jwk) => {
    const alg = algorithm ?? getOwn(jwk, 'alg')
    return {
      ...jwk,
      kid: kid ?? getOwn(jwk, 'kid') ?? (await calculateJwkThumbprint(jwk)),
      ...(alg === undefined ? {} : { alg }),
    }
  }
  const schedule = signsFrom === undefined ? {} : { signsFrom }
  const algorithms = algorithm === undefined ? oneAlgorithmOfEachType : [algorithm]
  if (hasOwn(key, 'privateKey')) {
    const reader = { algorithms, importPem: importPKCS8, addNames }
    return { privateKey: await toJwk('privateKey', key.privateKey, reader), ...schedule }
  }
  if (!hasOwn(key, 'publicKey')) {
    throw new ConfigError('key', 'an object with privateKey or publicKey', 'an object without them')
  }
  const isCertificate = typeof key.publicKey === 'string' && key.publicKey.includes('-----BEGIN CERTIFICATE-----')
  const importPem = isCertificate ? importX509 : importSPKI
  const jwk = await toJwk('publicKey', key.publicKey, { algorithms, importPem, addNames })
  return { publicKey: jwk, sign: readFunction('sign', getOwn(key, 'sign')), ...schedule }
}

/** PEM does not name an algorithm. These are tried in turn, and the first that fits the type of the key is used. */
const oneAlgorithmOfEachType = ['RS256', 'ES256', 'ES384', 'ES512', 'EdDSA']

interface PemReader {
  readonly algorithms: readonly string[]
  readonly importPem: (pem: string, algorithm: string, options: { extractable: boolean }) => Promise<CryptoKey>
}

interface KeyReader extends PemReader {
  /** Adds `kid` and `alg`. */
  readonly addNames: (jwk: Jwk) => Promise<Jwk>
}

async function toJwk(option: string, key: unknown, reader: KeyReader): Promise<Jwk> {
  try {
    return await reader.addNames(await exportKey(key, reader))
  } catch {
    // The error of the runtime is dropped, because it can quote the key.
    throw new ConfigError(
      option,
      'PEM (PKCS #8, SPKI or X.509), a JWK, an extractable CryptoKey or a KeyObject',
      `${describeSecret(key)} that cannot be imported, or a key for another algorithm`,
    )
  }
}

/** Removes properties that are undefined. Some runtimes export JWKs with such properties. */
export function withoutUndefined(jwk: object): Jwk {
  return Object.fromEntries(Object.entries(jwk).filter(([, value]) => value !== undefined))
}

async function exportKey(key: unknown, reader: PemReader): Promise<Jwk> {
  if (typeof key === 'string') return withoutUndefined(await exportJWK(await importFirstMatch(key.trim(), reader)))
  const kind = Object.prototype.toString.call(key)
  if (kind === '[object CryptoKey]') return withoutUndefined(await exportJWK(key as CryptoKey))
  const jwk = kind === '[object KeyObject]' ? (key as KeyObjectLike).export({ format: 'jwk' }) : key
  return withoutUndefined(jwk as Jwk)
}

async function importFirstMatch(pem: string, reader: PemReader): Promise<CryptoKey> {
  const [algorithm = '', ...others] = reader.algorithms
  try {
    return await reader.importPem(pem, algorithm, { extractable: true })
  } catch (error) {
    if (others.length === 0) throw error
    return importFirstMatch(pem, { ...reader, algorithms: others })
  }
}
