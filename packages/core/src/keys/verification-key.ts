import { createSecretCheck, createSignatureCheck } from '#platform'
import type { CryptoKey } from 'jose'
import { ConfigError } from '../failure/errors.ts'
import { isHmac } from '../lib/algorithms.ts'
import type { Algorithm } from '../lib/algorithms.ts'
import type { MaybePromise } from '../lib/async.ts'
import { hasOwn, withoutPrototype } from '../lib/properties.ts'
import type { SignatureCheck } from '../platform/signature-check.ts'
import { importParameters } from '../platform/web-parameters.ts'
import { jwkToSpki } from './asn1.ts'
import type { PublicMembers } from './asn1.ts'

const brand = Symbol.for('claimcheck.VerificationKey')

/**
 * A key that verifies tokens. The key has the algorithms, and `alg` of a token only selects one of them. If the token
 * could choose any, an attacker could use the public key as the secret of an HMAC.
 */
export interface VerificationKey {
  readonly kid: string | null
  readonly kty: string
  readonly algorithms: readonly Algorithm[]
  /** Returns the signature checks of the key: one, or one per secret while a shared secret is rotated. */
  checks(algorithm: Algorithm): MaybePromise<readonly SignatureCheck[]>
}

export type KeyMaterial = { jwk: PublicMembers } | { cryptoKey: CryptoKey } | { secrets: readonly Uint8Array[] }

interface KeyInfo {
  readonly kid: string | null
  readonly kty: string
  readonly algorithms: readonly Algorithm[]
}

/**
 * Creates a key from checked material. It is imported for an algorithm when it is first needed. Until an import has
 * succeeded, each request imports the key itself: an edge runtime may cancel an import with its request.
 */
export function makeVerificationKey(info: KeyInfo, material: KeyMaterial): VerificationKey {
  const imported = new Map<Algorithm, readonly SignatureCheck[]>()
  const importFor = async (algorithm: Algorithm) => {
    const checks = await importMaterial(material, algorithm)
    imported.set(algorithm, checks)
    return checks
  }
  const checks = (algorithm: Algorithm) => imported.get(algorithm) ?? importFor(algorithm)
  const key = { ...info, algorithms: Object.freeze([...info.algorithms]), checks }
  return Object.freeze(Object.defineProperty(key, brand, withoutPrototype({ value: true })))
}

/** Whether a value is a key that claimcheck created and checked. Any other object of a key source is rejected. */
export function isVerificationKey(value: unknown): value is VerificationKey {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, brand)
}

/** Imports a key for all of its algorithms, to find one that the runtime does not support before the first request. */
export async function importAll(key: VerificationKey): Promise<void> {
  await Promise.all(key.algorithms.map(async (algorithm) => key.checks(algorithm)))
}

async function importMaterial(material: KeyMaterial, algorithm: Algorithm): Promise<readonly SignatureCheck[]> {
  try {
    if (hasOwn(material, 'secrets')) {
      return await Promise.all(material.secrets.map(async (secret) => createCheckOfSecret(secret, algorithm)))
    }
    const key = hasOwn(material, 'jwk') ? await importPublicJwk(material.jwk, algorithm) : material.cryptoKey
    return [createSignatureCheck(key, algorithm)]
  } catch (cause) {
    throw new ConfigError(
      'keys',
      `a key that this runtime can import for ${algorithm}`,
      'a key that it cannot import',
      {
        cause,
      },
    )
  }
}

function createCheckOfSecret(secret: Uint8Array, algorithm: Algorithm): MaybePromise<SignatureCheck> {
  if (!isHmac(algorithm)) throw new TypeError(`a secret cannot verify ${algorithm}`)
  return createSecretCheck(secret, algorithm)
}

/**
 * Imports a public key as SPKI and not as a JWK. Web Crypto reads `d`, `key_ops` and other optional members of a JWK
 * through the prototype chain, so a polluted prototype could change the key. Some runtimes read them from a copy, so an
 * object without a prototype would not help.
 */
async function importPublicJwk(jwk: PublicMembers, algorithm: Algorithm): Promise<CryptoKey> {
  return crypto.subtle.importKey('spki', jwkToSpki(jwk), importParameters(algorithm), true, ['verify'])
}
