import { describe, expect, it } from 'vitest'
import { createVerificationKey } from '../src/index.ts'

// Edwards25519 (RFC 8032 section 5.1): -x² + y² = 1 + dx²y².
const p = 2n ** 255n - 19n
const order = 2n ** 252n + 27742317777372353535851937790883648493n
const mod = (value: bigint) => ((value % p) + p) % p

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let [square, rest] = [mod(base), exponent]; rest > 0n; rest >>= 1n, square = mod(square * square)) {
    if (rest & 1n) result = mod(result * square)
  }
  return result
}

const inverse = (value: bigint) => power(value, p - 2n)
const d = mod(-121665n * inverse(121666n))

type Point = readonly [x: bigint, y: bigint]
const identity: Point = [0n, 1n]

function add([x1, y1]: Point, [x2, y2]: Point): Point {
  const product = mod(d * x1 * x2 * y1 * y2)
  return [mod((x1 * y2 + x2 * y1) * inverse(1n + product)), mod((y1 * y2 + x1 * x2) * inverse(1n - product))]
}

function multiply(point: Point, factor: bigint): Point {
  let result = identity
  for (let [double, rest] = [point, factor]; rest > 0n; rest >>= 1n, double = add(double, double)) {
    if (rest & 1n) result = add(result, double)
  }
  return result
}

/** Returns a point with this y, or null if none is on the curve. */
function pointAt(y: bigint): Point | null {
  const square = mod((y * y - 1n) * inverse(d * y * y + 1n))
  const root = power(square, (p + 3n) / 8n)
  const x = [root, mod(root * power(2n, (p - 1n) / 4n))].find((candidate) => mod(candidate * candidate) === square)
  return x === undefined ? null : [x, y]
}

/** All points whose order divides 8: the prime order times any point is one of them. */
function smallOrderPoints(): readonly Point[] {
  for (let y = 2n; ; y++) {
    const point = pointAt(y)
    const small = point === null ? identity : multiply(point, order)
    const multiples = Array.from({ length: 8 }, (_, factor) => multiply(small, BigInt(factor)))
    if (new Set(multiples.map(String)).size === 8) return multiples
  }
}

/** Every encoding of 32 bytes that an implementation can read as the point: with each sign, and y plus p if it fits. */
function encodingsOf([, y]: Point): readonly string[] {
  return [y, y + p]
    .filter((value) => value < 2n ** 255n)
    .flatMap((value) => [value, value + 2n ** 255n])
    .map((value) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex').toReversed())
    .map((bytes) => Buffer.from(bytes).toString('base64url'))
}

describe('Ed25519 keys of small order', () => {
  const encodings = [...new Set(smallOrderPoints().flatMap(encodingsOf))]

  it('throws a ConfigError for every encoding of the eight points of small order', () => {
    expect(encodings).toHaveLength(14)
    for (const x of encodings) {
      const jwk = { kty: 'OKP', crv: 'Ed25519', x }
      expect(() => createVerificationKey({ publicKey: jwk })).toThrow('an Ed25519 key that is a point of small order')
    }
  })

  it('accepts the base point, whose order is the prime', () => {
    const [base] = encodingsOf([0n, mod(4n * inverse(5n))])
    expect(createVerificationKey({ publicKey: { kty: 'OKP', crv: 'Ed25519', x: base } }).algorithms).toEqual(['EdDSA'])
  })
})
