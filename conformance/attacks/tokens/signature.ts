import { constants, createHash, createHmac, privateEncrypt, sign } from 'node:crypto'
import type { Signing } from '../corpus/attack-case.ts'
import type { KeyRing } from './key-ring.ts'

type WithKey = Extract<Signing, { readonly alg: string; readonly key: string }>
type RsaBlock = Extract<Signing, { readonly rsaPkcs1: string }>

/** The orders of the groups of P-256 and of edwards25519. */
const orderOfP256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const orderOfEd25519 = 2n ** 252n + 27742317777372353535851937790883648493n

/** DigestInfo of SHA-256 (RFC 8017 section 9.2), and one without the parameters. */
const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex')
const digestInfoWithoutNull = Buffer.from('302f300b06096086480165030402010420', 'hex')

/** Signs with the signing of a recipe, which can be an attack. */
export function signatureOf(input: string, signing: Signing, ring: KeyRing): Buffer {
  if (signing === 'none') return Buffer.alloc(0)
  if ('rawHex' in signing) return Buffer.from(signing.rawHex, 'hex')
  if ('rsaPkcs1' in signing) return rsaBlock(input, signing, ring)
  if ('hmac' in signing) {
    return createHmac(hashOf(signing.alg), hmacSecret(ring, signing.hmac)).update(input).digest()
  }
  const signature = signWithKey(input, signing, ring)
  if (signing.twin === true) return otherSignature(signature)
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

/** If (r, s) is valid, (r, n - s) is valid too. */
function otherSignature(signature: Buffer): Buffer {
  const s = BigInt(`0x${signature.toString('hex', 32)}`)
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(hex32(orderOfP256 - s), 'hex')])
}

/** S + L is valid for a verifier that does not check that S is less than L (RFC 8032 section 5.1.7). */
function withOrderAdded(signature: Buffer): Buffer {
  const s = BigInt(`0x${Buffer.from(signature.subarray(32).toReversed()).toString('hex')}`)
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(hex32(s + orderOfEd25519), 'hex').toReversed()])
}

function hex32(value: bigint): string {
  return value.toString(16).padStart(64, '0')
}

/** A PKCS #1 v1.5 block that a lax verifier accepts. */
function rsaBlock(input: string, { rsaPkcs1, key }: RsaBlock, ring: KeyRing): Buffer {
  const digest = createHash('sha256').update(input).digest()
  const size = ring.bytes(key, 'n').length
  const [padding, info] = rsaPkcs1 === 'no-null' ? [size - 3 - 17 - 32, digestInfoWithoutNull] : [8, digestInfo]
  const start = Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(padding, 0xff), Buffer.from([0]), info, digest])
  const block = Buffer.concat([start, Buffer.alloc(size - start.length, 0x5a)])
  return privateEncrypt({ key: ring.privateKey(key), padding: constants.RSA_NO_PADDING }, block)
}

type Form = (ring: KeyRing, key: string) => string | Buffer

const pem = (ring: KeyRing, key: string) => ring.publicKey(key).export({ type: 'spki', format: 'pem' }).toString()
const der = (ring: KeyRing, key: string) => ring.publicKey(key).export({ type: 'spki', format: 'der' })

/** The representations of a public key, or of nothing, that an attacker can use as the secret of an HMAC. */
const forms: Readonly<Record<string, Form>> = {
  'spki-pem': pem,
  'spki-pem-crlf': (ring, key) => pem(ring, key).replaceAll('\n', '\r\n'),
  'spki-pem-leading-ws': (ring, key) => `\n  ${pem(ring, key)}`,
  'spki-pem-junk-prefix': (ring, key) => `# key\n${pem(ring, key)}`,
  'spki-der': der,
  'spki-der-b64': (ring, key) => der(ring, key).toString('base64'),
  'pkcs1-pem': (ring, key) => ring.publicKey(key).export({ type: 'pkcs1', format: 'pem' }),
  'pkcs1-der': (ring, key) => ring.publicKey(key).export({ type: 'pkcs1', format: 'der' }),
  'x509-pem': (ring, key) => ring.certificate(key),
  'jwk-json': (ring, key) => JSON.stringify(ring.publicJwk(key)),
  'jwk-json-pretty': (ring, key) => JSON.stringify(ring.publicJwk(key), null, 2),
  'jwk-json-thumb': (ring, key) => {
    const { e, kty, n } = ring.publicJwk(key)
    return JSON.stringify({ e, kty, n })
  },
  'n-b64u': (ring, key) => ring.text(key, 'n'),
  'ec-point': (ring, key) => Buffer.concat([Buffer.from([4]), ring.bytes(key, 'x'), ring.bytes(key, 'y')]),
  'okp-raw': (ring, key) => ring.bytes(key, 'x'),
  oct: (ring, key) => ring.bytes(key, 'k'),
  empty: () => '',
}

/** The secret that a recipe names: a representation of a key, or a literal text. */
export function hmacSecret(
  ring: KeyRing,
  { key = '', as }: { readonly key?: string | undefined; readonly as: string },
) {
  if (as.startsWith('text:')) return as.slice('text:'.length)
  const form = Object.hasOwn(forms, as) ? forms[as] : undefined
  if (form === undefined) throw new Error(`Unknown representation of a secret: ${as}`)
  return form(ring, key)
}
