import type { CryptoKey } from 'jose'
import { ConfigError } from '../failure/errors.ts'
import { ownProperty } from '../lib/properties.ts'
import { cryptoKeyFault, curves } from '../keys/jwk.ts'
import type { KeyPart } from './jwe-jwk.ts'
import { JweKey } from './jwe-key.ts'
import type { JweKeyFacts } from './jwe-key.ts'
import { wrappedKeyBytes } from './key-management.ts'

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
