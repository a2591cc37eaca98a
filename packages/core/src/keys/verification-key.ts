import { createPublicKeyCheck, createSecretCheck, createSignatureCheck } from '#platform'
import type { CryptoKey } from 'jose'
import { ConfigError } from '../failure/errors.ts'
import { isHmac } from '../lib/algorithms.ts'
import type { Algorithm } from '../lib/algorithms.ts'
import type { MaybePromise } from '../lib/async.ts'
import { hasOwn, withoutPrototype } from '../lib/properties.ts'
import type { SignatureCheck } from '../platform/signature-check.ts'
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

type PublicMaterial = { readonly jwk: PublicMembers } | { readonly cryptoKey: CryptoKey }
export type KeyMaterial = PublicMaterial | { readonly secrets: readonly Uint8Array[] }

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
    return [await createCheckOfPublicKey(material, algorithm)]
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

/** The platform gets a JWK only as SPKI that is written from its checked members. */
function createCheckOfPublicKey(material: PublicMaterial, algorithm: Algorithm): MaybePromise<SignatureCheck> {
  if (isHmac(algorithm)) throw new TypeError(`a public key cannot verify ${algorithm}`)
  if (hasOwn(material, 'jwk')) return createPublicKeyCheck(jwkToSpki(material.jwk), algorithm)
  return createSignatureCheck(material.cryptoKey, algorithm)
}
