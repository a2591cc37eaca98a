import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { concatBytes, fromHex, writeElement, writeUnsigned } from '../../src/lib/der.ts'
import { certificate } from '../certificate.ts'
import { bytesOf, ed25519, jwkOf, notImported, p256, pemOf, pemOfParts, rsa, spkiOf, tags } from './key-case.ts'
import type { KeyCase } from './key-case.ts'

const sequenceOf = (...elements: readonly Uint8Array[]) => writeElement(tags.sequence, ...elements)
const pemOfKey = (key: KeyObject) => pemOf('PUBLIC KEY', spkiOf(key))

/** PEM as Node writes it. */
const exportPem = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1', how: object = {}) =>
  String(key.export({ format: 'pem', type, ...how }))

const rsaJwk = jwkOf(rsa.publicKey)
const [n, e] = [bytesOf(rsaJwk, 'n'), bytesOf(rsaJwk, 'e')]
const rsaOid = '06092a864886f70d010101'
const rsaOf = (...numbers: readonly Uint8Array[]) => pemOfParts(`${rsaOid}0500`, sequenceOf(...numbers))
const rawInteger = (bytes: Uint8Array) => writeElement(tags.integer, bytes)
const rsaKey = sequenceOf(writeUnsigned(n), writeUnsigned(e))

const ecOid = '06072a8648ce3d0201'
const p256Oid = `${ecOid}06082a8648ce3d030107`
const [x, y] = [bytesOf(jwkOf(p256.publicKey), 'x'), bytesOf(jwkOf(p256.publicKey), 'y')]
const parity = Uint8Array.of(((y.at(-1) ?? 0) & 1) + 2)
const hybrid = Uint8Array.of(((y.at(-1) ?? 0) & 1) + 6)
const point = concatBytes(Uint8Array.of(4), x, y)
const offCurve = Uint8Array.from(point, (byte, at) => (at === 64 ? byte ^ 1 : byte))

const edOid = '06032b6570'
const edKey = bytesOf(jwkOf(ed25519.publicKey), 'x')

const [rsaPem, ecPem, edPem] = [rsa, p256, ed25519].map(({ publicKey }) => pemOfKey(publicKey)) as [
  string,
  string,
  string,
]
const spki = spkiOf(p256.publicKey)
/** The same SEQUENCE with its length in two bytes, where one is enough. */
const longLength = concatBytes(Uint8Array.of(tags.sequence, 0x81, spki.length - 2), spki.subarray(2))

const pssOf = (options: object) =>
  pemOfKey(generateKeyPairSync('rsa-pss', { modulusLength: 2048, ...options }).publicKey)
const pssWith = (hash: string) => pssOf({ hashAlgorithm: hash, mgf1HashAlgorithm: hash, saltLength: 32 })
const pkcs8 = exportPem(p256.privateKey, 'pkcs8')
const cipher = { cipher: 'aes-256-cbc', passphrase: 'of a test' }
const explicit = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).publicKey
const curve = (namedCurve: string) => pemOfKey(generateKeyPairSync('ec', { namedCurve }).publicKey)
const smallRsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
const exponentOne = createPublicKey({ key: { ...rsaJwk, e: 'AQ' }, format: 'jwk' })

const around = 'environment variables and files often contain white space around the block'
const der = 'DER has one encoding of each key'
const form = 'Node and OpenSSL write uncompressed points, and JWKs contain nothing else'
const named = 'parameters can describe a weak curve that resembles P-256 (RFC 5480 section 2.1.1 forbids them)'
const sizes = 'jose checks the size with the first signature, and no exponent'
const joseReadsBase64 = 'jose removes the label and does not compare both ends'

type Row = readonly [
  name: string,
  key: string,
  algorithm: KeyCase['algorithm'],
  ours: string,
  jose: KeyCase['jose'],
  because?: string,
]

const otherString = 'another string'
const otherKey = 'another PEM key'
const rows: readonly Row[] = [
  ['RSA', rsaPem, 'RS256', 'accepted', 'accepted'],
  ['RSA for PS256', rsaPem, 'PS256', 'accepted', 'accepted'],
  ['EC', ecPem, 'ES256', 'accepted', 'accepted'],
  ['Ed25519', edPem, 'EdDSA', 'accepted', 'accepted'],
  ['lines that end with CRLF', ecPem.replaceAll('\n', '\r\n'), 'ES256', 'accepted', 'accepted'],
  ['one line of base64', ecPem.replace(/(?<!-)\n(?!-)/g, ''), 'ES256', 'accepted', 'accepted'],
  ['spaces in the base64', ecPem.replace('MF', 'M F'), 'ES256', 'accepted', 'accepted'],
  ['a no-break space in the base64', ecPem.replace('MF', 'M\u{A0}F'), 'ES256', 'accepted', 'accepted'],
  ['white space around the block', `\n ${ecPem} \n`, 'ES256', 'accepted', 'rejected', around],
  ['text before the block', `key\n${ecPem}`, 'ES256', otherString, 'rejected'],
  ['base64 after the block', `${ecPem}AAAA`, 'ES256', otherString, 'rejected'],
  ['two blocks', ecPem + ecPem, 'ES256', otherString, 'rejected'],
  ['a character that is not base64', ecPem.replace('MF', 'M!F'), 'ES256', otherString, 'rejected'],
  ['base64 without its last character', ecPem.replace(/.\n-----END/, '\n-----END'), 'ES256', otherKey, 'rejected'],
  ['padding inside the base64', ecPem.replace('MF', 'M=F'), 'ES256', otherKey, 'rejected'],
  ['an empty block', '-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----', 'ES256', otherString, 'rejected'],
  ['another label at its end', ecPem.replace('END PUBLIC', 'END PRIVATE'), 'ES256', otherString, 'rejected'],
  ['no end', ecPem.replace(/-----END[^]*/, ''), 'ES256', otherString, 'accepted', joseReadsBase64],
  ['PEM headers', ecPem.replace('\n', '\nProc-Type: 4,ENCRYPTED\n\n'), 'ES256', otherString, 'rejected'],
  ['PKCS #1', exportPem(rsa.publicKey, 'pkcs1'), 'RS256', 'RSA PUBLIC KEY', 'rejected'],
  ['PKCS #1 under the label of SPKI', pemOf('PUBLIC KEY', rsaKey), 'RS256', otherKey, 'rejected'],
  ['PKCS #8', pkcs8, 'ES256', 'private', 'rejected'],
  ['PKCS #8 under the label of SPKI', pkcs8.replaceAll('PRIVATE', 'PUBLIC'), 'ES256', otherKey, 'rejected'],
  ['a private key of PKCS #1', exportPem(rsa.privateKey, 'pkcs1'), 'RS256', 'private', 'rejected'],
  ['a private key of SEC 1', exportPem(p256.privateKey, 'sec1'), 'ES256', 'private', 'rejected'],
  ['encrypted PKCS #8', exportPem(p256.privateKey, 'pkcs8', cipher), 'ES256', 'private', 'rejected'],
  ['bytes after the key', pemOf('PUBLIC KEY', concatBytes(spki, Uint8Array.of(0))), 'ES256', otherKey, 'accepted', der],
  ['a key without its last byte', pemOf('PUBLIC KEY', spki.subarray(0, -1)), 'ES256', otherKey, 'rejected'],
  ['a length that is not the shortest', pemOf('PUBLIC KEY', longLength), 'ES256', otherKey, 'accepted', der],
  ['a third element', pemOfParts(p256Oid, point, 0, fromHex('0500')), 'ES256', otherKey, 'rejected'],
  ['unused bits', pemOfParts(`${rsaOid}0500`, rsaKey, 1), 'RS256', otherKey, 'accepted', der],
  ['RSA without parameters', pemOfParts(rsaOid, rsaKey), 'RS256', 'accepted', 'accepted'],
  ['RSA with other parameters', pemOfParts(`${rsaOid}020101`, rsaKey), 'RS256', otherKey, 'accepted', der],
  ['RSA with two parameters', pemOfParts(`${rsaOid}05000500`, rsaKey), 'RS256', otherKey, 'rejected'],
  [
    'RSA with a third number',
    rsaOf(writeUnsigned(n), writeUnsigned(e), writeUnsigned(e)),
    'RS256',
    otherKey,
    'rejected',
  ],
  ['RSA without an exponent', rsaOf(writeUnsigned(n)), 'RS256', otherKey, 'rejected'],
  ['RSA with a negative modulus', rsaOf(rawInteger(n), writeUnsigned(e)), 'RS256', otherKey, 'accepted', der],
  [
    'RSA with a zero byte too many',
    rsaOf(rawInteger(concatBytes(fromHex('0000'), n)), writeUnsigned(e)),
    'RS256',
    otherKey,
    'accepted',
    der,
  ],
  ['RSA of 1,024 bits', pemOfKey(smallRsa), 'RS256', '1024 bits', 'accepted', sizes],
  ['RSA with exponent 1', pemOfKey(exponentOne), 'RS256', 'even or 1', 'accepted', sizes],
  ['RSA-PSS without parameters, for PS256', pssOf({}), 'PS256', otherKey, 'rejected'],
  ['RSA-PSS with SHA-256, for PS256', pssWith('sha256'), 'PS256', otherKey, 'rejected'],
  ['RSA-PSS with SHA-512, for PS256', pssWith('sha512'), 'PS256', otherKey, 'rejected'],
  ['RSA-PSS with SHA-256, for RS256', pssWith('sha256'), 'RS256', otherKey, 'rejected'],
  ['a point beside the curve', pemOfParts(p256Oid, offCurve), 'ES256', notImported, 'rejected'],
  ['the point at infinity', pemOfParts(p256Oid, Uint8Array.of(0)), 'ES256', otherKey, 'rejected'],
  ['a compressed point', pemOfParts(p256Oid, concatBytes(parity, x)), 'ES256', otherKey, 'accepted', form],
  ['a hybrid point', pemOfParts(p256Oid, concatBytes(hybrid, x, y)), 'ES256', otherKey, 'accepted', form],
  ['a point without its last byte', pemOfParts(p256Oid, point.subarray(0, -1)), 'ES256', 'wrong size', 'rejected'],
  ['EC without a curve', pemOfParts(ecOid, point), 'ES256', otherKey, 'rejected'],
  ['EC with explicit parameters', pemOfKey(explicit), 'ES256', otherKey, 'accepted', named],
  ['the curve secp256k1', curve('secp256k1'), 'ES256', otherKey, 'rejected'],
  ['Ed25519 with NULL parameters', pemOfParts(`${edOid}0500`, edKey), 'EdDSA', otherKey, 'rejected'],
  [
    'Ed25519 of zeros',
    pemOfParts(edOid, new Uint8Array(32)),
    'EdDSA',
    'small order',
    'accepted',
    'signatures for it can be made up',
  ],
  ['Ed25519 without its last byte', pemOfParts(edOid, edKey.subarray(1)), 'EdDSA', 'wrong size', 'rejected'],
  ['X25519', pemOfKey(generateKeyPairSync('x25519').publicKey), 'EdDSA', 'unsupported', 'rejected'],
  ['Ed448', pemOfKey(generateKeyPairSync('ed448').publicKey), 'EdDSA', otherKey, 'rejected'],
]

const certificateDer = Buffer.from(certificate.pem.replaceAll(/-----.*-----|\s/g, ''), 'base64')
const flipped = Uint8Array.from(certificateDer, (byte, at) => (at === certificateDer.length - 1 ? byte ^ 1 : byte))
const certificateRows: readonly Row[] = [
  ['a valid certificate', certificate.pem, 'ES256', 'accepted', 'accepted'],
  ['a certificate with a wrong signature', pemOf('CERTIFICATE', flipped), 'ES256', 'accepted', 'accepted'],
  [
    'bytes after the certificate',
    pemOf('CERTIFICATE', concatBytes(certificateDer, Uint8Array.of(0))),
    'ES256',
    otherKey,
    'accepted',
    der,
  ],
  [
    'a certificate without its last byte',
    pemOf('CERTIFICATE', certificateDer.subarray(0, -1)),
    'ES256',
    otherKey,
    'rejected',
  ],
  [
    'a certificate without signature',
    pemOf('CERTIFICATE', sequenceOf(certificateDer.subarray(4, 4 + 309))),
    'ES256',
    otherKey,
    'accepted',
    der,
  ],
  ['a public key under the label of a certificate', pemOf('CERTIFICATE', spki), 'ES256', otherKey, 'rejected'],
  ['a certificate under the label of a public key', pemOf('PUBLIC KEY', certificateDer), 'ES256', otherKey, 'rejected'],
  [
    'a certificate under another label',
    certificate.pem.replaceAll('CERT', 'TRUSTED CERT'),
    'ES256',
    'another PEM block',
    'rejected',
  ],
]

export const pemCases: readonly KeyCase[] = [...rows, ...certificateRows].map(
  ([name, key, algorithm, ours, jose, because]) => ({
    name: `PEM: ${name}`,
    key,
    algorithm,
    ours,
    jose,
    ...(because !== undefined && { because }),
  }),
)
