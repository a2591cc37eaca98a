import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  answerTo,
  byDir,
  byP384,
  byRsa,
  decrypting,
  good,
  jwkOf,
  malformed,
  octJwk,
  p256,
  p384,
  rsa,
  x25519,
} from './encrypted.ts'
import { forgeDir, forgeEcdh } from './forge-jwe.ts'
import type { JweParts } from './forge-jwe.ts'
import { authWith, issuer, refusalOf } from './tokens.ts'

/** What the platform could be asked to do for a token. */
const cryptography = ['decrypt', 'deriveBits', 'unwrapKey', 'importKey', 'verify'] as const

describe('is told in the same words, whatever is wrong:', () => {
  const auth = decrypting(
    jwkOf(rsa.privateKey, { kid: 'r' }),
    jwkOf(p256.privateKey, { kid: 'e' }),
    jwkOf(x25519.privateKey, { kid: 'x' }),
    octJwk,
  )
  const dir = (parts: Partial<JweParts> = {}) => byDir({ plaintext: good, ...parts })
  const ofRsa = (parts: Partial<JweParts> = {}) =>
    byRsa({ plaintext: good, ...parts, header: { kid: 'r', ...Object(parts.header) } })
  const ofP256 = (more: object = {}, header: object = {}) =>
    forgeEcdh(p256.publicKey, more as Record<string, unknown>)({ plaintext: good, header: { kid: 'e', ...header } })
  const withParts = (token: string, change: (parts: string[]) => void) => {
    const parts = token.split('.')
    change(parts)
    return parts.join('.')
  }
  const setPart = (token: string, at: number, change: (bytes: Buffer) => Uint8Array) =>
    withParts(token, (parts) => {
      parts[at] = Buffer.from(change(Buffer.from(parts[at] ?? '', 'base64url'))).toString('base64url')
    })
  const setText = (token: string, at: number, change: (text: string) => string) =>
    withParts(token, (parts) => {
      parts[at] = change(parts[at] ?? '')
    })
  const raw = (text: string) => dir({ header: text })
  const json = (header: object) => JSON.stringify({ alg: 'dir', enc: 'A256GCM', cty: 'JWT', ...header })
  const onCurve = p256.publicKey.export({ format: 'jwk' })
  const otherP256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const zip = deflateRawSync(Buffer.alloc(4_000_000))

  // Everything here would be opened, were the one thing not wrong.
  it('the tokens that the others are made of are accepted', async () => {
    for (const token of [dir(), dir({ header: { kid: 'enc-1' } }), ofRsa(), ofP256()]) {
      expect((await auth.verifyToken(token)).subject).toBe('john')
    }
  })

  it.each([
    ['it is not encrypted', good],
    ['four parts', dir().split('.').slice(0, 4).join('.')],
    ['six parts', `${dir()}.`],
    ['five parts of nothing', '....'],
    ['the header is no JSON', raw('{"alg":"dir"')],
    ['the header is an array', raw('[]')],
    ['alg stands twice', raw('{"alg":"RSA-OAEP-256","alg":"dir","enc":"A256GCM","cty":"JWT"}')],
    ['a name stands twice by escapes', raw('{"alg":"dir","enc":"A256GCM","cty":"JWT","\\u0063ty":"JWT"}')],
    [
      'the header is no UTF-8',
      dir({ header: '{"alg":"dir","enc":"A256GCM","cty":"JWT","x":"\u{D800}"}' }).replace(/^[^.]+/, 'eyJ4Ijoi_yJ9'),
    ],
    ['the header is padded', setText(dir(), 0, (text) => `${text}=`)],
    ['alg is missing', raw('{"enc":"A256GCM","cty":"JWT"}')],
    ['enc is missing', raw('{"alg":"dir","cty":"JWT"}')],
    ['cty is missing', raw('{"alg":"dir","enc":"A256GCM"}')],
    ['cty is another', raw(json({ cty: 'jwk+json' }))],
    ['cty is no string', raw(json({ cty: ['JWT'] }))],
    ['kid is no string', raw(json({ kid: 7 }))],
    ['kid is null', raw(json({ kid: null }))],
    ['typ is no string', raw(json({ typ: {} }))],
    ['alg is no string', raw(json({ alg: ['dir'] }))],
    ['alg in other letters', raw(json({ alg: 'DIR' }))],
    ['enc in other letters', raw(json({ enc: 'a256gcm' }))],
    ['enc is unknown', raw(json({ enc: 'A512GCM' }))],
    ['enc is one that the list has not', raw(json({ enc: 'A256CBC-HS512' }))],
    ['alg of JWS', raw(json({ alg: 'HS256' }))],
    ['none', raw(json({ alg: 'none' }))],
    ['RSA1_5', ofRsa({ header: { alg: 'RSA1_5' } })],
    ['RSA-OAEP with SHA-1', ofRsa({ header: { alg: 'RSA-OAEP' } })],
    ['RSA-OAEP-512', ofRsa({ header: { alg: 'RSA-OAEP-512' } })],
    ['ECDH-ES without a wrapped key', setText(ofP256({}, { alg: 'ECDH-ES' }), 1, () => '')],
    ['ECDH-ES+A128KW', ofP256({}, { alg: 'ECDH-ES+A128KW' })],
    ['A256KW', raw(json({ alg: 'A256KW' }))],
    ['A256GCMKW', raw(json({ alg: 'A256GCMKW', iv: 'AAAAAAAAAAAAAAAA', tag: 'AAAAAAAAAAAAAAAAAAAAAA' }))],
    ['PBES2', raw(json({ alg: 'PBES2-HS512+A256KW', p2s: 'AAAAAAAAAAA', p2c: 2 ** 31 - 1 }))],
    ['p2c beside an alg of the list', dir({ header: { p2c: 1 } })],
    ['p2s beside an alg of the list', dir({ header: { p2s: 'AAAAAAAAAAA' } })],
    ['zip', dir({ header: { zip: 'DEF' }, plaintext: deflateRawSync(Buffer.from(good)) })],
    ['a bomb by zip', dir({ header: { zip: 'DEF' }, plaintext: zip })],
    ['zip null', dir({ header: { zip: null } })],
    ['crit', dir({ header: { crit: ['exp'], exp: 1 } })],
    ['crit of nothing', dir({ header: { crit: [] } })],
    ['a kid that is not there', dir({ header: { kid: 'enc-2' } })],
    ['a kid of a key for another alg', dir({ header: { kid: 'r' } })],
    ['no kid, where two keys fit the alg', ofP256({}, { kid: undefined })],
    ['an encrypted key beside dir', setText(dir(), 1, () => 'AAAA')],
    ['no encrypted key', setText(ofRsa(), 1, () => '')],
    ['an encrypted key that is cut', setPart(ofRsa(), 1, (bytes) => bytes.subarray(1))],
    ['an encrypted key with a zero in front', setPart(ofRsa(), 1, (bytes) => Buffer.concat([Buffer.alloc(1), bytes]))],
    ['an encrypted key with loose bits', setText(ofRsa(), 1, (text) => text.replace(/.$/, (last) => loosen(last)))],
    ['a wrapped key that is longer', setPart(ofP256(), 1, (bytes) => Buffer.concat([bytes, Buffer.alloc(8)]))],
    ['an iv that is longer', setPart(dir(), 2, (bytes) => Buffer.concat([bytes, Buffer.alloc(4)]))],
    ['no iv', setText(dir(), 2, () => '')],
    ['an iv with loose characters', setText(dir(), 2, (text) => `${text}=`)],
    ['no ciphertext', setText(dir(), 3, () => '')],
    ['ciphertext with loose characters', setText(dir(), 3, (text) => `${text}=`)],
    ['a tag that is cut to 12 bytes', setPart(dir(), 4, (bytes) => bytes.subarray(0, 12))],
    ['a tag that is cut by one byte', setPart(dir(), 4, (bytes) => bytes.subarray(0, 15))],
    ['a tag that is longer', setPart(dir(), 4, (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]))],
    ['no tag', setText(dir(), 4, () => '')],
    ['a tag with loose characters', setText(dir(), 4, (text) => `${text}=`)],
    ['no epk', ofP256({}, { epk: undefined })],
    ['epk that is no object', ofP256({}, { epk: [] })],
    ['epk on another curve', forgeEcdh(p384.publicKey)({ plaintext: good, header: { kid: 'e' } })],
    ['epk on X25519 for a key of P-256', forgeEcdh(x25519.publicKey)({ plaintext: good, header: { kid: 'e' } })],
    ['epk on P-256 for a key of X25519', ofP256({}, { kid: 'x' })],
    ['epk on a curve of another type', ofP256({ crv: 'secp256k1' })],
    ['epk of another type', ofP256({ kty: 'RSA' })],
    ['epk with a private part', ofP256({ d: onCurve.x })],
    ['epk with another member', ofP256({ ext: true })],
    ['epk with operations', ofP256({ key_ops: [] })],
    ['epk with a short coordinate', ofP256({ y: 'AAAA' })],
    ['epk with a coordinate that is no string', ofP256({ y: 7 })],
    ['epk with a coordinate that is no base64url', ofP256({ y: '=' })],
    ['apu that is no string', ofP256({}, { apu: 7 })],
    ['apu that is no base64url', ofP256({}, { apu: '=' })],
    ['apv that is no string', ofP256({}, { apv: 7 })],
    ['apv that is no base64url', ofP256({}, { apv: '=' })],
    ['b64', dir({ header: { b64: false } })],
  ])('%s, and nothing is decrypted for it', async (_name, token) => {
    const calls = cryptography.map((name) => vi.spyOn(crypto.subtle, name))
    onTestFinished(() => calls.forEach((spy) => spy.mockRestore()))
    expect(await answerTo(auth, token)).toEqual(malformed)
    expect(calls.filter((spy) => spy.mock.calls.length > 0)).toEqual([])
  })

  it.each([
    ['an encrypted key of zeros', setPart(ofRsa(), 1, ({ length }) => Buffer.alloc(length))],
    ['an encrypted key beyond the modulus', setPart(ofRsa(), 1, ({ length }) => Buffer.alloc(length, 0xff))],
    ['an encrypted key of another token', setText(ofRsa(), 1, () => ofRsa().split('.')[1] ?? '')],
    ['a content key of 16 bytes', ofRsa({ contentKey: randomBytes(16) })],
    ['a wrapped key that is changed', setPart(ofP256(), 1, flipFirst)],
    ['an iv that is changed', setPart(dir(), 2, flipFirst)],
    ['ciphertext that is changed', setPart(dir(), 3, flipFirst)],
    ['a tag that is changed', setPart(dir(), 4, flipFirst)],
    ['a header that is changed', dir().replace(/^[^.]+/, Buffer.from(json({ x: 1 })).toString('base64url'))],
    ['another secret', forgeDir(randomBytes(32))({ plaintext: good })],
    ['another key pair', forgeEcdh(otherP256.publicKey)({ plaintext: good, header: { kid: 'e' } })],
    ['epk that is no point of the curve', ofP256({ y: onCurve.x })],
    ['epk of zeros', ofP256({ x: 'A'.repeat(43), y: 'A'.repeat(43) })],
    ['epk of low order', forgeEcdh(x25519.publicKey, { x: 'A'.repeat(43) })({ plaintext: good, header: { kid: 'x' } })],
    ['a JWE in it', dir({ plaintext: dir() })],
    ['a JWE for the same key in one for another', ofRsa({ plaintext: dir() })],
    ['claims without a signature', dir({ plaintext: JSON.stringify({ sub: 'root', iss: issuer }) })],
    ['text that is no token', dir({ plaintext: 'garbage' })],
    ['bytes that are no text', dir({ plaintext: Buffer.concat([Buffer.from(good), Buffer.from([0xff])]) })],
    ['a byte order mark in front', dir({ plaintext: `\u{FEFF}${good}` })],
    ['nothing in it', dir({ plaintext: '' })],
    ['blanks around the token in it', dir({ plaintext: `${good}\n` })],
  ])('%s', async (_name, token) => {
    expect(await answerTo(auth, token)).toEqual(malformed)
  })

  const outOfList = 'alg or enc of the JWE header is not supported'
  const illFormed = 'a part of the JWE is not canonical base64url, or has the wrong length'
  const unfit = 'the curve or the size of the encrypted key does not match the decryption key'
  const unreadable = 'the JWE header is not canonical base64url of a valid JSON object'
  const noPublicKey = 'epk of the JWE header must contain the coordinates of a public key and nothing else'
  const noParty = 'epk, apu or apv of the JWE header is not valid for the algorithm'
  const unknown = 'no decryption key, or more than one, matches alg and kid of the JWE header'
  const closed = 'the JWE could not be decrypted to UTF-8 text'
  it.each([
    ['an open token', good, 'the token is not encrypted'],
    ['a header that is no JSON', raw('{'), unreadable],
    ...['alg', 'enc', 'kid', 'typ', 'cty', 'apu', 'apv'].map((name) => {
      return [`${name} that is no text`, raw(json({ [name]: 7 })), `the JWE header parameter ${name} must be a string`]
    }),
    ['another cty', raw(json({ cty: 'json' })), 'cty of the JWE header must be JWT'],
    ['no epk', ofP256({}, { epk: undefined }), noParty],
    ['an epk of another type', ofP256({ kty: 'RSA' }), noParty],
    ['an epk on a curve that is not known', ofP256({ crv: 'secp256k1' }), noParty],
    ['an epk on another curve of OKP', forgeEcdh(x25519.publicKey, { crv: 'X448' })({ plaintext: good }), noParty],
    ['six parts', `${dir()}.`, 'not a compact JWS (expected three parts)'],
    ['a private epk', ofP256({ d: onCurve.x }), noPublicKey],
    ['a short coordinate', ofP256({ y: 'AAAA' }), noPublicKey],
    ['an extension', dir({ header: { crit: ['exp'] } }), 'the JWE header parameter crit is not supported'],
    ['RSA1_5', ofRsa({ header: { alg: 'RSA1_5' } }), outOfList],
    ['an alg of signatures', dir({ header: { alg: 'HS256' } }), outOfList],
    ['another enc', dir({ header: { enc: 'A128GCM' } }), outOfList],
    ['a cut tag', setPart(dir(), 4, (bytes) => bytes.subarray(0, 12)), illFormed],
    ['a long iv', setPart(dir(), 2, (bytes) => Buffer.concat([bytes, Buffer.alloc(4)])), illFormed],
    ['an unknown kid', dir({ header: { kid: 'enc-2' } }), unknown],
    ['another curve', byP384({ plaintext: good, header: { kid: 'e' } }), unfit],
    ['an encrypted key beside dir', setText(dir(), 1, () => 'AAAA'), unfit],
    ['a padding that is wrong', setPart(ofRsa(), 1, ({ length }) => Buffer.alloc(length)), closed],
    ['a content key of another size', ofRsa({ contentKey: randomBytes(16) }), closed],
    ['a tag that is wrong', setPart(ofRsa(), 4, flipFirst), closed],
    ['a wrapped key that is wrong', setPart(ofP256(), 1, flipFirst), closed],
    ['an epk that is no point', ofP256({ y: onCurve.x }), closed],
  ])('and a log is told as much as does no harm: %s', async (_name, token, logDetail) => {
    const error: unknown = await auth.verifyToken(token).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'token_malformed', logDetail })
    expect(error).not.toHaveProperty('cause')
  })

  it('a signed token in it that is not signed by anybody is refused by its algorithm', async () => {
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.split('.')[1] ?? ''}.`
    expect(await refusalOf(auth.verifyToken(dir({ plaintext: unsigned })))).toBe('algorithm_not_allowed')
  })

  it('an encrypted token where none is wanted', async () => {
    expect(await answerTo(authWith(), dir())).toEqual(malformed)
    expect((await authWith().verifyToken(good)).subject).toBe('john')
  })

  it('and so is a token of more dots than it may have, however many there are', async () => {
    expect(await answerTo(auth, '.'.repeat(8000))).toEqual(malformed)
  })
})

function flipFirst(bytes: Buffer): Buffer {
  bytes[0] = (bytes[0] ?? 0) ^ 1
  return bytes
}

/** The same bits before the loose ones, and another character. */
function loosen(last: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(last) ^ 1] ?? ''
}
