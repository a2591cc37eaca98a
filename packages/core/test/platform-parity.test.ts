import { constants, createHmac, generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject, SignKeyObjectInput } from 'node:crypto'
import { exportJWK, importJWK } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import type { Algorithm, HmacAlgorithm, PublicAlgorithm } from '../src/lib/algorithms.ts'
import * as node from '../src/platform/node.ts'
import type { CompactJws, SignatureCheck } from '../src/platform/signature-check.ts'
import * as web from '../src/platform/web.ts'
import { createRandom } from './random.ts'

const { seed, below, pick } = createRandom()

interface Signer {
  /** The check on Node and the check on jose, in this order. */
  readonly checks: readonly SignatureCheck[]
  readonly sign: (input: Buffer) => Buffer
}

async function signerOf(
  pair: { publicKey: KeyObject; privateKey: KeyObject },
  algorithm: PublicAlgorithm,
  how: object = {},
) {
  const key = await importJWK(await exportJWK(pair.publicKey), algorithm)
  if (key instanceof Uint8Array) throw new TypeError('A public key is not a secret')
  const hash = algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`
  const input: SignKeyObjectInput = { key: pair.privateKey, ...how }
  const checks = [node, web].map(({ createSignatureCheck }) => createSignatureCheck(key, algorithm))
  return { key, checks, sign: (data: Buffer) => sign(hash, data, input) }
}

async function hmacSigner(algorithm: HmacAlgorithm): Promise<Signer> {
  const bytes = Buffer.alloc(64, 'claimcheck')
  const checks = [node.createSecretCheck(bytes, algorithm), await web.createSecretCheck(bytes, algorithm)]
  return {
    checks,
    sign: (input) =>
      createHmac(`sha${algorithm.slice(2)}`, bytes)
        .update(input)
        .digest(),
  }
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
const rawSignature = { dsaEncoding: 'ieee-p1363' }
const signers: Partial<Record<Algorithm, () => Promise<Signer>>> = {
  HS256: () => hmacSigner('HS256'),
  HS384: () => hmacSigner('HS384'),
  HS512: () => hmacSigner('HS512'),
  RS256: () => signerOf(rsa, 'RS256'),
  RS384: () => signerOf(rsa, 'RS384'),
  RS512: () => signerOf(rsa, 'RS512'),
  PS256: () => signerOf(rsa, 'PS256', pss),
  PS384: () => signerOf(rsa, 'PS384', pss),
  PS512: () => signerOf(rsa, 'PS512', pss),
  ES256: () => signerOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'ES256', rawSignature),
  ES384: () => signerOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }), 'ES384', rawSignature),
  ES512: () => signerOf(generateKeyPairSync('ec', { namedCurve: 'P-521' }), 'ES512', rawSignature),
  EdDSA: () => signerOf(generateKeyPairSync('ed25519'), 'EdDSA'),
}
const algorithms = Object.keys(signers) as Algorithm[]

const payload = Buffer.from('{"sub":"john"}').toString('base64url')

function inputOf(alg: string): string {
  return `${Buffer.from(JSON.stringify({ alg })).toString('base64url')}.${payload}`
}

/** The part of a parsed token that the signature check reads. */
function jwsOf(input: string, signature: Uint8Array): CompactJws {
  const token = `${input}.${Buffer.from(signature).toString('base64url')}`
  return { token, signedLength: input.length, signature }
}

/** The verdict of both platforms on a token; the error if one throws. */
async function verdicts(checks: readonly SignatureCheck[], jws: CompactJws): Promise<unknown[]> {
  return Promise.all(
    checks.map(async (check) => {
      try {
        return await check(jws)
      } catch (error) {
        return error
      }
    }),
  )
}

async function bothChecks(algorithm: Algorithm): Promise<Signer> {
  return signers[algorithm]?.() ?? expect.fail(`nothing signs ${algorithm} here`)
}

describe.each(algorithms)('signature check of %s on Node and on jose', (algorithm) => {
  it(`accepts a valid signature for ${algorithm} on Node and on jose`, async () => {
    const { sign: signWith, checks } = await bothChecks(algorithm)
    const input = inputOf(algorithm)
    expect(await verdicts(checks, jwsOf(input, signWith(Buffer.from(input))))).toEqual([true, true])
  })

  it.each([
    ['an empty value', () => Buffer.alloc(0)],
    ['zeros of its length', (good: Buffer) => Buffer.alloc(good.length)],
    ['ones of its length', (good: Buffer) => Buffer.alloc(good.length, 0xff)],
    ['the signature without its first byte', (good: Buffer) => good.subarray(1)],
    ['the signature without its last byte', (good: Buffer) => good.subarray(0, -1)],
    ['the signature with another byte', (good: Buffer) => Buffer.concat([good, Buffer.alloc(1)])],
    ['the signature after a zero byte', (good: Buffer) => Buffer.concat([Buffer.alloc(1), good])],
    ['a zero byte before each half of the signature', (good: Buffer) => padHalves(good)],
    ['the signature twice', (good: Buffer) => Buffer.concat([good, good])],
    ['the halves of the signature in reverse order', (good: Buffer) => swapHalves(good)],
    ['a first half of zeros', (good: Buffer) => zeroHalf(good, 0)],
    ['a second half of zeros', (good: Buffer) => zeroHalf(good, 1)],
  ])(`rejects an invalid signature for ${algorithm} on Node and on jose: %s`, async (_case, forge) => {
    const { sign: signWith, checks } = await bothChecks(algorithm)
    const input = inputOf(algorithm)
    const forged = forge(signWith(Buffer.from(input)))
    expect(await verdicts(checks, jwsOf(input, forged))).toEqual([false, false])
  })
})

describe.each(['RS256', 'PS256', 'PS384', 'PS512'] as const)(
  '%s signature that begins with a zero byte',
  (algorithm) => {
    it(`rejects a signature for ${algorithm} without its leading zero byte on Node and on jose`, async () => {
      const { sign: signWith, checks } = await bothChecks(algorithm)
      const { input, good } = firstWithZero(algorithm, signWith)
      expect(await verdicts(checks, jwsOf(input, good))).toEqual([true, true])
      expect(await verdicts(checks, jwsOf(input, good.subarray(1)))).toEqual([false, false])
    })
  },
)

/** On average, one signature of 256 begins with a zero byte. */
function firstWithZero(alg: string, signWith: Signer['sign']): { readonly input: string; readonly good: Buffer } {
  for (let turn = 0; ; turn++) {
    const [header = ''] = inputOf(alg).split('.')
    const input = `${header}.${Buffer.from(JSON.stringify({ turn })).toString('base64url')}`
    const good = signWith(Buffer.from(input))
    if (good[0] === 0) return { input, good }
  }
}

function swapHalves(bytes: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(bytes.length / 2), bytes.subarray(0, bytes.length / 2)])
}

function padHalves(bytes: Buffer): Buffer {
  const zero = Buffer.alloc(1)
  return Buffer.concat([zero, bytes.subarray(0, bytes.length / 2), zero, bytes.subarray(bytes.length / 2)])
}

function zeroHalf(bytes: Buffer, half: 0 | 1): Buffer {
  return Buffer.from(bytes).fill(0, (half * bytes.length) / 2, ((half + 1) * bytes.length) / 2)
}

it('Node verifies with a key that cannot be exported, without a warning', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  const { sign: signWith, key } = await signerOf(rsa, 'RS256')
  const spki = await crypto.subtle.exportKey('spki', key)
  const hash = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const sealed = await crypto.subtle.importKey('spki', spki, hash, false, ['verify'])
  const input = inputOf('RS256')
  const jws = jwsOf(input, signWith(Buffer.from(input)))
  expect(await node.createSignatureCheck(sealed, 'RS256')(jws)).toBe(true)
  expect(warned).not.toHaveBeenCalled()
})

it.each([0, 20, 31, 33, 64, constants.RSA_PSS_SALTLEN_MAX_SIGN])(
  'Node and jose reject a PS256 signature with a salt of %i bytes',
  async (saltLength) => {
    const { checks, sign: signWith } = await signerOf(rsa, 'PS256', { ...pss, saltLength })
    const input = inputOf('PS256')
    expect(await verdicts(checks, jwsOf(input, signWith(Buffer.from(input))))).toEqual([false, false])
  },
)

it.each([
  ['PS256', 'RS256'],
  ['RS256', 'PS256'],
  ['RS256', 'RS512'],
  ['PS384', 'PS256'],
] as const)('Node and jose check for %s and reject a signature of %s', async (algorithm, other) => {
  const { checks } = await bothChecks(algorithm)
  const { sign: signWith } = await bothChecks(other)
  const input = inputOf(algorithm)
  expect(await verdicts(checks, jwsOf(input, signWith(Buffer.from(input))))).toEqual([false, false])
})

it('Node and jose reject an r or s that is out of range, although it is congruent to a valid one', async () => {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  const { sign: signWith, checks } = await bothChecks('ES256')
  const input = inputOf('ES256')
  const numberAt = (bytes: Buffer, at: number) => BigInt(`0x${bytes.subarray(at, at + 32).toString('hex')}`)
  const toBytes = (number: bigint) => Buffer.from(number.toString(16).padStart(64, '0'), 'hex')
  const good = signWith(Buffer.from(input))
  const [r, s] = [numberAt(good, 0), numberAt(good, 32)]
  const mirrored = Buffer.concat([toBytes(r), toBytes(order - s)])
  expect(await verdicts(checks, jwsOf(input, mirrored))).toEqual([true, true])
  const beyond = [
    [order, s],
    [r, order],
    [r, 0n],
    [0n, s],
    ...(r + order < 1n << 256n ? [[r + order, s]] : []),
    ...(s + order < 1n << 256n ? [[r, s + order]] : []),
  ] as const
  for (const [first = 0n, second = 0n] of beyond) {
    const forged = Buffer.concat([toBytes(first), toBytes(second)])
    expect(await verdicts(checks, jwsOf(input, forged))).toEqual([false, false])
  }
})

const changedTokens = process.env['TEST_SIZE'] === 'full' ? 10_000 : 2000

it(`Node and jose agree on ${changedTokens} modified tokens (seed ${seed})`, async () => {
  const count = changedTokens / algorithms.length
  for (const algorithm of algorithms) {
    const { sign: signWith, checks } = await bothChecks(algorithm)
    for (let at = 0; at < count; at++) {
      const input = inputOf(algorithm)
      const good = signWith(Buffer.from(input))
      const jws = below(4) === 0 ? jwsOf(changeText(input), good) : jwsOf(input, changeBytes(good))
      const [onNode, onJose] = await verdicts(checks, jws)
      expect({ token: jws.token, verdict: onNode }).toEqual({ token: jws.token, verdict: onJose })
    }
  }
}, 60_000)

/** Replaces one character of the payload. The header stays readable for jose. */
function changeText(input: string): string {
  const at = input.length - 1 - below(payload.length - 1)
  return input.slice(0, at) + pick('ABCabc012-_') + input.slice(at + 1)
}

function changeBytes(good: Buffer): Buffer {
  const bytes = Buffer.from(good)
  const at = below(bytes.length)
  switch (below(5)) {
    case 0:
      return bytes // unchanged
    case 1:
      return bytes.subarray(0, at)
    case 2:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([below(256)]), bytes.subarray(at)])
    default:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8))
      return bytes
  }
}

describe('base64url', () => {
  it.each([
    ['', ''],
    ['Zg', 'f'],
    ['Zm8', 'fo'],
    ['Zm9v', 'foo'],
    ['w7w', 'ü'],
    ['77-9', '\u{FFFD}'],
    ['77u_', '\u{FEFF}'],
  ])('decodes %j to %j on both platforms', (text, expected) => {
    for (const platform of [node, web]) {
      expect(platform.parseText(text)).toBe(expected)
      expect(Buffer.from(platform.parseBase64url(text) ?? [255]).toString()).toBe(expected)
    }
  })

  it.each([
    'Z',
    'Zh',
    'Zm9',
    'Zg==',
    'Zg=',
    'Zm 8',
    'Zm8\n',
    'Zm+v',
    'Zm/v',
    'Zm9vZ',
    '\u{15A}m9v',
    'Zm9v\u{0}',
    'Ｚm9v',
    '.',
  ])('rejects %j as base64url on both platforms', (text) => {
    expect([node.parseBase64url(text), web.parseBase64url(text)]).toEqual([null, null])
    expect([node.parseText(text), web.parseText(text)]).toEqual([null, null])
  })

  it.each([[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xef, 0xbf, 0xbd, 0xff]])(
    'rejects bytes that are not UTF-8 on both platforms: %i',
    (...bytes) => {
      const text = Buffer.from(bytes).toString('base64url')
      expect([node.parseText(text), web.parseText(text)]).toEqual([null, null])
    },
  )

  it(`decodes random strings to the same result on both platforms (seed ${seed})`, () => {
    for (let round = 0; round < 10_000; round++) {
      const text = Array.from({ length: below(12) }, () => pick('AQgwZ09-_+/= .\n\u{141}é\u{FFFD}')).join('')
      expect(readBy(node, text)).toEqual(readBy(web, text))
    }
  })

  it('decodes strings longer than the buffer of Node', () => {
    const text = Buffer.from('ü'.repeat(10_000)).toString('base64url')
    expect(node.parseText(text)).toBe('ü'.repeat(10_000))
    expect(node.parseText(`${text}=`)).toBeNull()
  })
})

function readBy(platform: typeof node | typeof web, text: string) {
  const bytes = platform.parseBase64url(text)
  return { text, bytes: bytes === null ? null : Array.from(bytes), decoded: platform.parseText(text) }
}
