import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createVerificationKey } from '../src/index.ts'
import { publicAlgorithms } from '../src/lib/algorithms.ts'
import type { PublicAlgorithm } from '../src/lib/algorithms.ts'
import * as node from '../src/platform/node.ts'
import * as web from '../src/platform/web.ts'

const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).publicKey
const pss = (options: object = {}) => generateKeyPairSync('rsa-pss', { modulusLength: 2048, ...options }).publicKey
const pssOf = (hash: string, saltLength: number) => pss({ hashAlgorithm: hash, mgf1HashAlgorithm: hash, saltLength })

const keys: readonly (readonly [string, KeyObject, readonly PublicAlgorithm[]])[] = [
  [
    'RSA',
    generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey,
    ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ],
  ['RSA-PSS without parameters', pss(), []],
  ['RSA-PSS with SHA-256', pssOf('sha256', 32), []],
  ['RSA-PSS with SHA-512 and a short salt', pssOf('sha512', 20), []],
  ['P-256', curve('P-256'), ['ES256']],
  ['P-384', curve('P-384'), ['ES384']],
  ['P-521', curve('P-521'), ['ES512']],
  ['secp256k1', curve('secp256k1'), []],
  ['Ed25519', generateKeyPairSync('ed25519').publicKey, ['EdDSA']],
  ['Ed448', generateKeyPairSync('ed448').publicKey, []],
  ['X25519', generateKeyPairSync('x25519').publicKey, []],
  ['DSA', generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).publicKey, []],
]
async function acceptedAlgorithms(platform: typeof node | typeof web, key: KeyObject): Promise<PublicAlgorithm[]> {
  const accepted: PublicAlgorithm[] = []
  for (const algorithm of publicAlgorithms) {
    try {
      await platform.createPublicKeyCheck(Uint8Array.from(key.export({ type: 'spki', format: 'der' })), algorithm)
      accepted.push(algorithm)
    } catch {
      // The key is of another type.
    }
  }
  return accepted
}

describe('types of keys', () => {
  it.each(keys)('%s keys are imported only for the algorithms of their type', async (_name, key, expected) => {
    expect(await acceptedAlgorithms(node, key)).toEqual(expected)
    expect(await acceptedAlgorithms(web, key)).toEqual(expected)
  })

  it.each(keys.filter(([name]) => name.startsWith('RSA-PSS')))(
    'throws a ConfigError for a KeyObject of type %s, even if Node can export it as a JWK',
    (_name, key) => {
      const rsa = createPublicKey(key.export({ type: 'spki', format: 'pem' }))
      expect(() => createVerificationKey({ publicKey: rsa })).toThrow('a KeyObject of type rsa-pss')
    },
  )
})
