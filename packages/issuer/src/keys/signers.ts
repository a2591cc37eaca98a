import { ConfigError, createVerificationKey } from '@claimcheck/core'
import type { HmacAlgorithm, VerificationKey } from '@claimcheck/core'
import { importParameters, signatureParameters, withoutPrototype } from '@claimcheck/core/internal'
import { base64url } from 'jose'
import type { CryptoKey } from 'jose'
import { SessionStoreUnavailableError } from '../failure/errors.ts'
import type { ExternalSigningKey, PublicKeyDetails, Signer, SigningAlgorithm } from './signing-key.ts'

type Payload = Readonly<Record<string, unknown>>

/**
 * Creates a signer for a private JWK, which is imported when it first signs. Until an import has finished, each request
 * imports the key itself, because an edge runtime can cancel an import together with the request that started it.
 */
export function createPrivateSigner(
  option: string,
  jwk: Readonly<Record<string, unknown>>,
  { algorithm, kid, publicJwk, verificationKey }: PublicKeyDetails,
): Signer {
  if (typeof jwk['d'] !== 'string' || jwk['d'] === '') {
    throw new ConfigError(option, 'a private key', 'a key without its private part (d)')
  }
  const names = [...Object.keys(publicJwk), 'd', 'p', 'q', 'dp', 'dq', 'qi']
  const properties = Object.fromEntries(
    names.flatMap((name) => (typeof jwk[name] === 'string' ? [[name, jwk[name]]] : [])),
  )
  let key: CryptoKey | null = null
  const importKey = async () => {
    try {
      return await importPrivateJwk({ ...properties, ...publicJwk }, algorithm)
    } catch {
      // The error of the runtime is dropped, because it can quote the private key.
      throw new ConfigError(
        option,
        `a private key for ${algorithm} that belongs to its public part`,
        'a key that cannot sign',
      )
    }
  }
  const getKey = async () => (key ??= await importKey())
  return Object.freeze({
    algorithm,
    isExternal: false,
    kid,
    publicJwk,
    verificationKey,
    secret: null,
    async ready() {
      await getKey()
    },
    async sign(payload: Payload, typ: string) {
      return signCompact({ alg: algorithm, typ, kid }, payload, await getKey())
    },
  })
}

/**
 * Creates a signer that calls `sign` of the user. Each signature is verified with the public key before the token is
 * returned, so a wrong setup fails at the login and not at every API.
 */
export function createExternalSigner(
  { algorithm, kid, publicJwk, verificationKey }: PublicKeyDetails,
  sign: ExternalSigningKey['sign'],
): Signer {
  return Object.freeze({
    algorithm,
    isExternal: true,
    kid,
    publicJwk,
    verificationKey,
    secret: null,
    async ready() {
      await verificationKey.checks(algorithm)
    },
    async sign(payload: Payload, typ: string) {
      const input = signingInput({ alg: algorithm, typ, kid }, payload)
      const result: unknown = await sign(new TextEncoder().encode(input))
      const signature = copyBytes(result)
      if (signature === null) throw invalidSignature(`sign must return the signature of key ${kid} as a Uint8Array`)
      const token = `${input}.${base64url.encode(signature)}`
      const checks = await verificationKey.checks(algorithm)
      const jws = { token, signedLength: input.length, signature }
      const verdicts = await Promise.all(checks.map(async (check) => check(jws)))
      if (verdicts.includes(true)) return token
      const form = algorithm.startsWith('ES') ? ', as r and s and not as DER,' : ''
      throw invalidSignature(
        `sign must return the ${algorithm} signature of its input${form} by the private key of ${kid}`,
      )
    },
  })
}

/** Creates a signer for a secret, which must pass the same checks as a secret that core verifies with. */
export function createSecretSigner(option: string, value: unknown, algorithm: HmacAlgorithm): Signer {
  const secret = readSecret(option, value)
  const verificationKey = createVerificationKeyFor(option, { secret, algorithm })
  let importing: Promise<CryptoKey> | null = null
  const signer = {
    algorithm,
    isExternal: false,
    kid: null,
    publicJwk: null,
    verificationKey,
    async ready() {
      await verificationKey.checks(algorithm)
    },
    async sign(payload: Payload, typ: string) {
      importing ??= importSecret(secret, algorithm)
      return signCompact({ alg: algorithm, typ }, payload, await importing)
    },
  }
  // Not enumerable, so that the secret is neither printed nor serialised.
  return Object.freeze(
    Object.defineProperty(signer, 'secret', withoutPrototype({ value: secret })),
  ) as unknown as Signer
}

/** Creates the key that verifies what a signing key signs. A ConfigError names the option that contains the key. */
export function createVerificationKeyFor(
  option: string,
  material: Parameters<typeof createVerificationKey>[0],
): VerificationKey {
  try {
    return createVerificationKey(material)
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(option, error.expected, error.received)
    throw error
  }
}

/** The bytes that are signed: header, dot and payload (RFC 7515 section 5.1). */
function signingInput(header: Readonly<Record<string, string>>, payload: Payload): string {
  return `${base64url.encode(JSON.stringify(header))}.${base64url.encode(JSON.stringify(payload))}`
}

async function signCompact(
  header: Readonly<Record<string, string>> & { readonly alg: SigningAlgorithm },
  payload: Payload,
  key: CryptoKey,
): Promise<string> {
  const input = signingInput(header, payload)
  const bytes = new TextEncoder().encode(input)
  const signature = await crypto.subtle.sign(signatureParameters(header.alg), key, bytes)
  return `${input}.${base64url.encode(new Uint8Array(signature))}`
}

/** The imported key cannot be exported. The JWK has no prototype, so that no inherited property counts. */
async function importPrivateJwk(
  { use: _use, alg: _alg, ...jwk }: Readonly<Record<string, string>>,
  algorithm: SigningAlgorithm,
): Promise<CryptoKey> {
  return crypto.subtle.importKey('jwk', withoutPrototype(jwk), importParameters(algorithm), false, ['sign'])
}

async function importSecret(secret: Uint8Array, algorithm: SigningAlgorithm): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', new Uint8Array(secret), importParameters(algorithm), false, ['sign'])
}

function readSecret(option: string, value: unknown): Uint8Array {
  if (typeof value === 'string') return new TextEncoder().encode(value)
  if (value instanceof Uint8Array) return new Uint8Array(value)
  throw new ConfigError(option, 'a string or a Uint8Array', value === undefined ? 'undefined' : `a ${typeof value}`)
}

/** Returns null for anything but a Uint8Array, such as an object that only inherits from Uint8Array. */
function copyBytes(value: unknown): Uint8Array<ArrayBuffer> | null {
  try {
    return value instanceof Uint8Array ? new Uint8Array(value) : null
  } catch {
    return null
  }
}

function invalidSignature(message: string): SessionStoreUnavailableError {
  return new SessionStoreUnavailableError('sign', new TypeError(message), message)
}
