import { createHash, createHmac, constants, privateEncrypt, sign } from 'node:crypto'
import type { Signing } from '../corpus/token-recipe.ts'
import { hmacSecret } from './hmac-secret.ts'
import type { KeyRing } from './key-ring.ts'

type WithKey = Extract<Signing, { readonly alg: string; readonly key: string }>
type RsaBlock = Extract<Signing, { readonly rsaPkcs1: string }>

/** The orders of the groups of P-256 and of edwards25519. */
const orderOfP256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const orderOfEd25519 = 2n ** 252n + 27742317777372353535851937790883648493n

/** DigestInfo of SHA-256 (RFC 8017 section 9.2), and one that leaves the parameters out. */
const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex')
const digestInfoWithoutNull = Buffer.from('302f300b06096086480165030402010420', 'hex')

/** Signs as a recipe says, honestly or not. */
export function signatureOf(input: string, signing: Signing, ring: KeyRing): Buffer {
  if (signing === 'none') return Buffer.alloc(0)
  if ('rawHex' in signing) return Buffer.from(signing.rawHex, 'hex')
  if ('rsaPkcs1' in signing) return rsaBlock(input, signing, ring)
  if ('hmac' in signing) {
    return createHmac(hashOf(signing.alg), hmacSecret(ring, signing.hmac)).update(input).digest()
  }
  const signature = signWithKey(input, signing, ring)
  if (signing.twin === true) return twinOf(signature)
  return signing.addL === true ? withOrderAdded(signature) : signature
}

function signWithKey(input: string, { alg, key }: WithKey, ring: KeyRing): Buffer {
  const message = Buffer.from(input)
  if (alg === 'EdDSA') return sign(null, message, ring.privateKey(key))
  return sign(hashOf(alg), message, { key: ring.privateKey(key), dsaEncoding: 'ieee-p1363' })
}

function hashOf(alg: string): string {
  return `sha${alg.slice(-3)}`
}

/** (r, n - s) holds wherever (r, s) does. */
function twinOf(signature: Buffer): Buffer {
  const s = BigInt(`0x${signature.toString('hex', 32)}`)
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(hex32(orderOfP256 - s), 'hex')])
}

/** S + L is S to who does not check that S is below L (RFC 8032 section 5.1.7). */
function withOrderAdded(signature: Buffer): Buffer {
  const s = BigInt(`0x${Buffer.from(signature.subarray(32).toReversed()).toString('hex')}`)
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(hex32(s + orderOfEd25519), 'hex').toReversed()])
}

function hex32(value: bigint): string {
  return value.toString(16).padStart(64, '0')
}

/** A PKCS #1 v1.5 block that a lax verifier takes for a good one. */
function rsaBlock(input: string, { rsaPkcs1, key }: RsaBlock, ring: KeyRing): Buffer {
  const digest = createHash('sha256').update(input).digest()
  const size = ring.bytes(key, 'n').length
  const [padding, info] = rsaPkcs1 === 'no-null' ? [size - 3 - 17 - 32, digestInfoWithoutNull] : [8, digestInfo]
  const start = Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(padding, 0xff), Buffer.from([0]), info, digest])
  const block = Buffer.concat([start, Buffer.alloc(size - start.length, 0x5a)])
  return privateEncrypt({ key: ring.privateKey(key), padding: constants.RSA_NO_PADDING }, block)
}
