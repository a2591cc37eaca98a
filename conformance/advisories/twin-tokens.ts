import { createECDH, createHash } from 'node:crypto'
import { encode, goodClaims } from '../src/forge.ts'

/** The order of P-256 (SP 800-186 section 3.2.1.3). */
const order = 0xff_ff_ff_ff_00_00_00_00_ff_ff_ff_ff_ff_ff_ff_ff_bc_e6_fa_ad_a7_17_9e_84_f3_b9_ca_c2_fc_63_25_51n
const curve = 'prime256v1'

/** Two valid tokens of one key with the same signature. */
interface TwinTokens {
  readonly jwk: Readonly<Record<string, string>>
  readonly first: string
  readonly second: string
}

/**
 * Creates a key under which two messages have the same signature. ECDSA uses only the x coordinate of a point, which
 * the point and its negative share. A key d with h1 + r·d = -(h2 + r·d) therefore signs both.
 */
export function createTwinTokens(firstClaims: object, secondClaims: object): TwinTokens {
  const [first, second] = [inputOf(firstClaims), inputOf(secondClaims)]
  const [h1, h2] = [digest(first), digest(second)]
  const nonce = digest('any number below the order')
  const r = pointOf(nonce).x % order
  const d = modulo(-(h1 + h2) * inverse(2n * r))
  const s = modulo(inverse(nonce) * (h1 + r * d))
  const signature = encode(Buffer.concat([r, s].map(toBytes)))
  const { x, y } = pointOf(d)
  const jwk = { kty: 'EC', crv: 'P-256', alg: 'ES256', x: encode(toBytes(x)), y: encode(toBytes(y)) }
  return { jwk, first: `${first}.${signature}`, second: `${second}.${signature}` }
}

function inputOf(claims: object): string {
  return `${encode('{"alg":"ES256"}')}.${encode(JSON.stringify({ ...goodClaims, ...claims }))}`
}

function digest(text: string): bigint {
  return modulo(toNumber(createHash('sha256').update(text).digest()))
}

function pointOf(scalar: bigint): { readonly x: bigint; readonly y: bigint } {
  const ecdh = createECDH(curve)
  ecdh.setPrivateKey(toBytes(scalar))
  const point = ecdh.getPublicKey()
  return { x: toNumber(point.subarray(1, 33)), y: toNumber(point.subarray(33)) }
}

function modulo(value: bigint): bigint {
  return ((value % order) + order) % order
}

/** By Fermat's little theorem, because the order is prime. */
function inverse(value: bigint): bigint {
  let result = 1n
  let base = modulo(value)
  for (let exponent = order - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = modulo(result * base)
    base = modulo(base * base)
  }
  return result
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

function toBytes(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
}
