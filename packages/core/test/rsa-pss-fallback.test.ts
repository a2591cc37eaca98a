import { constants, generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { exportJWK, importJWK } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { createSignatureCheck } from '../src/platform/node.ts'

const toPssKey = vi.hoisted(() => vi.fn<() => KeyObject>())
vi.mock(import('../src/platform/node-der.ts'), async (importOriginal) => ({ ...(await importOriginal()), toPssKey }))

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const input = Buffer.from('a.b')

/** A key of type `rsa-pss` for another hash or salt than PS256 needs. */
const pssKeyOf = (options: object) => generateKeyPairSync('rsa-pss', { modulusLength: 2048, ...options }).publicKey

const [otherSalt, otherHash, otherMask] = [
  pssKeyOf({ hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha256', saltLength: 31 }),
  pssKeyOf({ hashAlgorithm: 'sha384', mgf1HashAlgorithm: 'sha256', saltLength: 32 }),
  pssKeyOf({ hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha384', saltLength: 32 }),
]

/** Bun runs the bundles made for Node and does not support such keys. */
const unsupported = () => {
  throw new Error('Failed to read asymmetric key')
}

const cases = [
  ['PS256', 'that cannot read them', unsupported],
  ['PS384', 'that cannot read them', unsupported],
  ['PS512', 'that cannot read them', unsupported],
  ['PS256', 'that reads another salt', () => otherSalt],
  ['PS256', 'that reads another hash', () => otherHash],
  ['PS256', 'that reads another mask', () => otherMask],
] as const

describe.each(cases)('%s without RSA-PSS keys, on a runtime %s', (algorithm, runtime, read) => {
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
  ])(`checks ${algorithm} on a runtime ${runtime} and %s`, async (_name, signature, verdict) => {
    toPssKey.mockImplementation(read)
    const key = await importJWK(await exportJWK(publicKey), algorithm)
    if (key instanceof Uint8Array) throw new TypeError('A public key is not a secret')
    const check = createSignatureCheck(key, algorithm)
    expect(await check({ token: `a.b.${signature.toString('base64url')}`, signedLength: 3, signature })).toBe(verdict)
  })
})
