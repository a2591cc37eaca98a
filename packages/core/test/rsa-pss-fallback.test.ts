import { constants, generateKeyPairSync, sign } from 'node:crypto'
import { exportJWK, importJWK } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { createSignatureCheck } from '../src/platform/node.ts'

// Bun runs the bundles made for Node and does not support such keys.
vi.mock(import('../src/platform/node-der.ts'), async (importOriginal) => ({
  ...(await importOriginal()),
  toPssKey: () => {
    throw new Error('Failed to read asymmetric key')
  },
}))

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const input = Buffer.from('a.b')

describe.each(['PS256', 'PS384', 'PS512'] as const)('%s without RSA-PSS keys', (algorithm) => {
  const hash = `sha${algorithm.slice(2)}`
  const saltLength = Number(algorithm.slice(2)) / 8
  const signed = (how: object) => sign(hash, input, { key: privateKey, ...how })
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }

  it.each([
    ['accepts a signature with the salt of its hash', signed(pss), true],
    ['rejects a signature with a shorter salt', signed({ ...pss, saltLength: saltLength - 1 }), false],
    ['rejects a signature without salt', signed({ ...pss, saltLength: 0 }), false],
    ['rejects a signature with the padding of RS256', signed({}), false],
    ['rejects a signature without its first byte', signed(pss).subarray(1), false],
    ['rejects a signature with another byte', Buffer.concat([Buffer.alloc(1), signed(pss)]), false],
    ['rejects a signature of zeros', Buffer.alloc(256), false],
  ])(`checks ${algorithm} without an RSA-PSS key and %s`, async (_name, signature, verdict) => {
    const key = await importJWK(await exportJWK(publicKey), algorithm)
    if (key instanceof Uint8Array) throw new TypeError('A public key is not a secret')
    const check = createSignatureCheck(key, algorithm)
    expect(await check({ token: `a.b.${signature.toString('base64url')}`, signedLength: 3, signature })).toBe(verdict)
  })
})
