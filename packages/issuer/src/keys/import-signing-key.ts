import { ConfigError } from '@claimcheck/core'
import type { AlgorithmName, CryptoKeyLike, Jwk, JwkLike, KeyObjectLike } from '@claimcheck/core'
import { hasOwn, ownProperty, readFunction, withoutPrototype } from '@claimcheck/core/internal'
import { calculateJwkThumbprint, exportJWK, importPKCS8, importSPKI, importX509 } from 'jose'
import type { CryptoKey } from 'jose'
import type { ExternalSigningKey, PrivateSigningKey } from './signing-key.ts'

/** A key in any form: PEM (PKCS #8; a public one SPKI or X.509), a JWK, a CryptoKey or a Node KeyObject. */
export type ImportableKey = string | Jwk | JwkLike | CryptoKeyLike | KeyObjectLike

interface Names {
  /** Needed where neither the key nor its type says it; RS256 for RSA otherwise. */
  readonly algorithm?: AlgorithmName
  /** @default the thumbprint of the key (RFC 7638) */
  readonly kid?: string
  readonly signsFrom?: number
}

/** Makes a key for `keys` of other forms; throws a ConfigError, which shows nothing of it. */
export async function importSigningKey(key: { readonly privateKey: ImportableKey } & Names): Promise<PrivateSigningKey>
export async function importSigningKey(
  key: { readonly publicKey: ImportableKey; readonly sign: ExternalSigningKey['sign'] } & Names,
): Promise<ExternalSigningKey>
export async function importSigningKey(
  key: (
    | { readonly privateKey: ImportableKey }
    | { readonly publicKey: ImportableKey; readonly sign: ExternalSigningKey['sign'] }
  ) &
    Names,
): Promise<PrivateSigningKey | ExternalSigningKey> {
  if (typeof key !== 'object' || key === null) {
    throw new ConfigError('key', 'an object with privateKey, or with publicKey and sign', `of type ${typeof key}`)
  }
  const { algorithm, kid, signsFrom } = withoutPrototype(key)
  const named = async (jwk: Jwk) => {
    const alg = algorithm ?? ownProperty(jwk, 'alg')
    return {
      ...jwk,
      kid: kid ?? ownProperty(jwk, 'kid') ?? (await calculateJwkThumbprint(jwk)),
      ...(alg === undefined ? {} : { alg }),
    }
  }
  const when = signsFrom === undefined ? {} : { signsFrom }
  const candidates = algorithm === undefined ? oneOfEachType : [algorithm]
  if (hasOwn(key, 'privateKey')) {
    const read = { candidates, importPem: importPKCS8, named }
    return { privateKey: await toJwk('privateKey', key.privateKey, read), ...when }
  }
  if (!hasOwn(key, 'publicKey')) throw new ConfigError('key', 'an object with privateKey or publicKey', 'one without')
  const isCertificate = typeof key.publicKey === 'string' && key.publicKey.includes('-----BEGIN CERTIFICATE-----')
  const importPem = isCertificate ? importX509 : importSPKI
  const jwk = await toJwk('publicKey', key.publicKey, { candidates, importPem, named })
  return { publicKey: jwk, sign: readFunction('sign', ownProperty(key, 'sign')), ...when }
}

/** PEM does not say the algorithm, and is imported for one: the first that its type takes. */
const oneOfEachType = ['RS256', 'ES256', 'ES384', 'ES512', 'EdDSA']

interface PemReader {
  readonly candidates: readonly string[]
  readonly importPem: (pem: string, algorithm: string, options: { extractable: boolean }) => Promise<CryptoKey>
}

interface KeyReader extends PemReader {
  /** Adds the names that tokens call the key by. */
  readonly named: (jwk: Jwk) => Promise<Jwk>
}

async function toJwk(field: string, key: unknown, reader: KeyReader): Promise<Jwk> {
  const must = 'PEM (PKCS #8, SPKI or X.509), a JWK, an extractable CryptoKey or a KeyObject'
  try {
    return await reader.named(await exported(key, reader))
  } catch {
    // What a runtime says of a key that it refuses is kept from every log.
    throw new ConfigError(
      field,
      must,
      `${typeof key === 'string' ? 'other text' : 'another'}, or one for another algorithm`,
    )
  }
}

/** Some runtimes export JWKs whose absent members are there and `undefined`; without them it is plain JSON. */
export function withoutAbsent(jwk: object): Jwk {
  return Object.fromEntries(Object.entries(jwk).filter(([, value]) => value !== undefined))
}

async function exported(key: unknown, pem: PemReader): Promise<Jwk> {
  if (typeof key === 'string') return withoutAbsent(await exportJWK(await importFirst(key.trim(), pem)))
  const kind = Object.prototype.toString.call(key)
  if (kind === '[object CryptoKey]') return withoutAbsent(await exportJWK(key as CryptoKey))
  const jwk = kind === '[object KeyObject]' ? (key as KeyObjectLike).export({ format: 'jwk' }) : key
  return withoutAbsent(jwk as Jwk)
}

async function importFirst(text: string, { candidates, importPem }: PemReader): Promise<CryptoKey> {
  const [algorithm = '', ...others] = candidates
  try {
    return await importPem(text, algorithm, { extractable: true })
  } catch (error) {
    if (others.length === 0) throw error
    return importFirst(text, { candidates: others, importPem })
  }
}
