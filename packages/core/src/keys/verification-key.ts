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

/** A key that may verify, and the algorithms that it may verify with: the token has no say in that. */
export interface VerificationKey {
  readonly kid: string | null
  readonly kty: string
  readonly algorithms: readonly Algorithm[]
  /** How the runtime checks signatures with the key; several ways where a secret is being rotated. */
  checks(algorithm: Algorithm): MaybePromise<readonly SignatureCheck[]>
}

export type KeyMaterial = { jwk: PublicMembers } | { cryptoKey: CryptoKey } | { secrets: readonly Uint8Array[] }

interface KeyFacts {
  readonly kid: string | null
  readonly kty: string
  readonly algorithms: readonly Algorithm[]
}

/**
 * Makes a key of checked material; it is imported for an algorithm when it is first needed. Until an import has ended,
 * each request imports the key by itself: an edge runtime may cancel the import together with its request.
 */
export function makeVerificationKey(facts: KeyFacts, material: KeyMaterial): VerificationKey {
  const imported = new Map<Algorithm, readonly SignatureCheck[]>()
  const importFor = async (algorithm: Algorithm) => {
    const checks = await importMaterial(material, algorithm)
    imported.set(algorithm, checks)
    return checks
  }
  const checks = (algorithm: Algorithm) => imported.get(algorithm) ?? importFor(algorithm)
  const key = { ...facts, algorithms: Object.freeze([...facts.algorithms]), checks }
  return Object.freeze(Object.defineProperty(key, brand, withoutPrototype({ value: true })))
}

/** Whether this is a key that claimcheck made: what else a key source may return is not trusted to be one. */
export function isVerificationKey(value: unknown): value is VerificationKey {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, brand)
}

/** Imports a key for each of its algorithms, so that one which the runtime cannot take is known before a request. */
export async function importAll(key: VerificationKey): Promise<void> {
  await Promise.all(key.algorithms.map(async (algorithm) => key.checks(algorithm)))
}

async function importMaterial(material: KeyMaterial, algorithm: Algorithm): Promise<readonly SignatureCheck[]> {
  try {
    if (hasOwn(material, 'secrets')) {
      return await Promise.all(material.secrets.map(async (secret) => checkOfSecret(secret, algorithm)))
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

function checkOfSecret(secret: Uint8Array, algorithm: Algorithm): MaybePromise<SignatureCheck> {
  if (!isHmac(algorithm)) throw new TypeError(`a secret cannot verify ${algorithm}`)
  return createSecretCheck(secret, algorithm)
}

/**
 * Imports a public key for an algorithm. The key is handed over as SPKI: Web Crypto reads `d`, `key_ops` and other optional
 * members of a JWK through the prototype chain, and some runtimes do so in a copy that they make.
 */
async function importPublicJwk(jwk: PublicMembers, algorithm: Algorithm): Promise<CryptoKey> {
  return crypto.subtle.importKey('spki', jwkToSpki(jwk), importParameters(algorithm), true, ['verify'])
}
