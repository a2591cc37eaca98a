import { generateKeyPairSync } from 'node:crypto'
import { addTo, bytesOf, ed25519, encode, jwkOf, notImported, p256, p384, p521, rsa } from './key-case.ts'
import type { Jwk, KeyCase } from './key-case.ts'

const rsaJwk = jwkOf(rsa.publicKey)
const ecJwk = jwkOf(p256.publicKey)
const edJwk = jwkOf(ed25519.publicKey)
const zeros = (length: number) => new Uint8Array(length)
const ones = (length: number) => new Uint8Array(length).fill(0xff)

const strict = 'a key has one canonical encoding, as a token has'
const sizes = 'jose checks the size with the first signature, and no exponent'
const converted = 'Web Crypto converts the member to a string'
const verifyOnly =
  'the list contains verify, and the key is used for nothing else; jose passes the whole list to Web Crypto'
const purpose = 'jose checks `use` and `alg` only of a JWK that verifies directly'
const published = 'a private key that is configured as a public one was probably published'
const unused = '`ext` says nothing about a public key, and is not read'

type Row = readonly [name: string, change: Jwk, ours: string, jose: KeyCase['jose'], because?: string]

function casesOf(base: Jwk, algorithm: KeyCase['algorithm'], rows: readonly Row[]): readonly KeyCase[] {
  return rows.map(([name, change, ours, jose, because]) => ({
    name: `JWK of ${algorithm}: ${name}`,
    key: { ...base, ...change },
    algorithm,
    ours,
    jose,
    ...(because !== undefined && { because }),
  }))
}

const notBase64url = 'n or e is not base64url'
const rsaCases = casesOf(rsaJwk, 'RS256', [
  ['a valid key', {}, 'accepted', 'accepted'],
  ['n after a zero byte', { n: encode([0], bytesOf(rsaJwk, 'n')) }, 'accepted', 'accepted'],
  ['e after a zero byte', { e: 'AAEAAQ' }, 'accepted', 'accepted'],
  ['n with padding', { n: `${String(rsaJwk['n'])}==` }, notBase64url, 'accepted', strict],
  ['n with a space', { n: ` ${String(rsaJwk['n'])}` }, notBase64url, 'accepted', strict],
  ['n with a line break', { n: `${String(rsaJwk['n'])}\n` }, notBase64url, 'accepted', strict],
  ['e with unused bits that are set', { e: 'AR' }, notBase64url, 'accepted', strict],
  ['n in the alphabet of base64', { n: '/'.repeat(344) }, notBase64url, 'accepted', strict],
  ['no n', { n: undefined }, 'without "n"', 'rejected'],
  ['an empty n', { n: '' }, '0 bits', 'accepted', sizes],
  ['n as a number', { n: 7 }, 'without "n"', 'accepted', converted],
  ['n of zeros', { n: encode(zeros(256)) }, '0 bits', 'accepted', sizes],
  ['an even modulus', addTo(rsaJwk, 'n', -1), 'even', 'accepted', sizes],
  ['a modulus of 1,024 bits', { n: encode(ones(128)) }, '1024 bits', 'accepted', sizes],
  ['a modulus of 8,200 bits', { n: encode(ones(1025)) }, '8200 bits', 'accepted', sizes],
  ['exponent 0', { e: 'AA' }, 'even or 1', 'accepted', sizes],
  ['exponent 1', { e: 'AQ' }, 'even or 1', 'accepted', sizes],
  ['an even exponent', { e: 'AQAA' }, 'even or 1', 'accepted', sizes],
  ['an exponent of 40 bits', { e: 'AQAAAAE' }, '33 bits', 'accepted', sizes],
  ['no e', { e: undefined }, 'without "e"', 'rejected'],
  ['with d', { d: 'AQAB' }, 'private', 'rejected'],
  ['with d, empty', { d: '' }, 'private', 'rejected'],
  ['with p', { p: 'AQAB' }, 'private', 'accepted', published],
  ['with oth', { oth: [] }, 'private', 'accepted', published],
  ['with k', { k: 'AQAB' }, 'private', 'accepted', published],
  ['kty in lower case', { kty: 'rsa' }, 'unsupported type', 'rejected'],
  ['no kty', { kty: undefined }, 'unsupported type', 'rejected'],
  ['kty of another type', { kty: 'EC' }, 'unsupported type', 'rejected'],
  ['kty oct', { kty: 'oct', k: 'AQAB' }, 'secret', 'accepted', 'a secret is not a public key'],
  ['its own alg', { alg: 'RS256' }, 'accepted', 'accepted'],
  ['alg of a curve', { alg: 'ES256' }, 'does not match', 'accepted', purpose],
  ['alg of encryption', { alg: 'RSA-OAEP-256' }, 'unsupported algorithm', 'accepted', purpose],
  ['alg none', { alg: 'none' }, 'unsupported algorithm', 'accepted', purpose],
  ['use enc', { use: 'enc' }, 'use', 'accepted', purpose],
  ['use sig', { use: 'sig' }, 'accepted', 'accepted'],
  ['key_ops verify', { key_ops: ['verify'] }, 'accepted', 'accepted'],
  ['key_ops verify twice', { key_ops: ['verify', 'verify'] }, 'key_ops', 'rejected'],
  ['key_ops with a number', { key_ops: ['verify', 1] }, 'key_ops', 'rejected'],
  ['key_ops as a string', { key_ops: 'verify' }, 'key_ops', 'rejected'],
  ['key_ops sign and verify', { key_ops: ['sign', 'verify'] }, 'accepted', 'rejected', verifyOnly],
  ['key_ops of encryption', { key_ops: ['encrypt'] }, 'key_ops', 'rejected'],
  ['no key_ops at all', { key_ops: [] }, 'key_ops', 'accepted', purpose],
  ['ext false', { ext: false }, 'accepted', 'accepted'],
  ['ext as a string', { ext: 'true' }, 'accepted', 'rejected', unused],
  ['kid as a number', { kid: 7 }, 'kid', 'accepted', 'a token names a kid as a string'],
])

/** A key whose first coordinate begins with a zero byte: one key of 256. */
function jwkWithZero(): Jwk {
  for (;;) {
    const jwk = jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)
    if (bytesOf(jwk, 'x')[0] === 0) return jwk
  }
}

const withZero = jwkWithZero()
const size = 'has the wrong size'
const wide = 'a coordinate has the size of its curve (RFC 7518 section 6.2.1.2)'
const ecCases = casesOf(ecJwk, 'ES256', [
  ['a valid key', {}, 'accepted', 'accepted'],
  ['x that begins with a zero byte', withZero, 'accepted', 'accepted'],
  ['x without its zero byte', { ...withZero, x: encode(bytesOf(withZero, 'x').subarray(1)) }, size, 'accepted', wide],
  ['x after another zero byte', { x: encode([0], bytesOf(ecJwk, 'x')) }, size, 'accepted', wide],
  ['x with padding', { x: `${String(ecJwk['x'])}=` }, size, 'accepted', strict],
  ['y with a space', { y: `${String(ecJwk['y'])} ` }, size, 'accepted', strict],
  ['no y', { y: undefined }, 'without "y"', 'rejected'],
  ['an empty y', { y: '' }, size, 'rejected'],
  ['a point beside the curve', addTo(ecJwk, 'y', 1), notImported, 'rejected'],
  ['x and y swapped', { x: ecJwk['y'], y: ecJwk['x'] }, notImported, 'rejected'],
  ['x and y of zeros', { x: encode(zeros(32)), y: encode(zeros(32)) }, notImported, 'rejected'],
  ['y of zeros', { y: encode(zeros(32)) }, notImported, 'rejected'],
  ['x over the prime', { x: encode(ones(32)) }, notImported, 'rejected'],
  ['the point of P-384', { ...jwkOf(p384.publicKey), crv: 'P-256' }, size, 'rejected'],
  ['crv P-384', { crv: 'P-384' }, size, 'rejected'],
  ['crv in lower case', { crv: 'p-256' }, 'unsupported', 'rejected'],
  ['crv secp256k1', { crv: 'secp256k1' }, 'unsupported', 'rejected'],
  ['crv of OKP', { crv: 'Ed25519' }, 'unsupported', 'rejected'],
  ['kty OKP', { kty: 'OKP' }, 'unsupported', 'rejected'],
  ['alg of another curve', { alg: 'ES384' }, 'does not match', 'accepted', purpose],
  ['with d', jwkOf(p256.privateKey), 'private', 'accepted', published],
])

const small = 'the point has a small order, so signatures for it can be made up'
const order8 = '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'
const edCases = casesOf(edJwk, 'EdDSA', [
  ['a valid key', {}, 'accepted', 'accepted'],
  ['x of zeros', { x: encode(zeros(32)) }, 'small order', 'accepted', small],
  ['the identity', { x: encode([1], zeros(31)) }, 'small order', 'accepted', small],
  ['the identity with the sign bit', { x: encode([1], zeros(30), [0x80]) }, 'small order', 'accepted', small],
  ['a point of order 8', { x: encode(Buffer.from(order8, 'hex')) }, 'small order', 'accepted', small],
  ['x that is not a point', { x: encode([2], zeros(31)) }, 'accepted', 'accepted'],
  ['x without its last byte', { x: encode(bytesOf(edJwk, 'x').subarray(0, 31)) }, size, 'rejected'],
  ['x with another byte', { x: encode(bytesOf(edJwk, 'x'), [0]) }, size, 'rejected'],
  ['x with padding', { x: `${String(edJwk['x'])}=` }, size, 'accepted', strict],
  ['crv X25519', { crv: 'X25519' }, 'unsupported', 'rejected'],
  ['crv Ed448', { crv: 'Ed448' }, 'unsupported', 'rejected'],
  ['kty EC', { kty: 'EC' }, 'unsupported', 'rejected'],
  ['with d', jwkOf(ed25519.privateKey), 'private', 'accepted', published],
])

/** Empty if the runtime does not support ML-DSA. */
function mlDsaCases(): readonly KeyCase[] {
  const jwk = mlDsaJwk()
  if (jwk === null) return []
  const pub = bytesOf(jwk, 'pub')
  return casesOf(jwk, 'ML-DSA-44', [
    ['a valid key', {}, 'accepted', 'accepted'],
    ['no alg', { alg: undefined }, 'unsupported', 'rejected'],
    ['alg of a larger key', { alg: 'ML-DSA-65' }, size, 'rejected'],
    ['pub without its last byte', { pub: encode(pub.subarray(1)) }, size, 'rejected'],
    ['pub with another byte', { pub: encode(pub, [0]) }, size, 'rejected'],
    ['pub with a line break', { pub: `${String(jwk['pub'])}\n` }, size, 'accepted', strict],
    ['with priv', { priv: encode(zeros(32)) }, 'private', 'rejected'],
  ])
}

function mlDsaJwk(): Jwk | null {
  try {
    // The types of Node 20 do not know the name.
    return jwkOf(generateKeyPairSync('ml-dsa-44' as 'ed25519').publicKey)
  } catch {
    return null
  }
}

export const jwkCases: readonly KeyCase[] = [
  ...rsaCases,
  ...casesOf(rsaJwk, 'PS512', [['a valid key', {}, 'accepted', 'accepted']]),
  ...ecCases,
  ...casesOf(jwkOf(p384.publicKey), 'ES384', [
    ['a valid key', {}, 'accepted', 'accepted'],
    ['a point beside the curve', addTo(jwkOf(p384.publicKey), 'x', 1), notImported, 'rejected'],
  ]),
  ...casesOf(jwkOf(p521.publicKey), 'ES512', [
    ['a valid key', {}, 'accepted', 'accepted'],
    ['a point beside the curve', addTo(jwkOf(p521.publicKey), 'y', 1), notImported, 'rejected'],
  ]),
  ...edCases,
  ...mlDsaCases(),
]
