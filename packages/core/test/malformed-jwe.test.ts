import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  responseTo,
  byDir,
  byP384,
  byRsa,
  decryptingAuth,
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
import { authWith, issuer, resultOf } from './tokens.ts'

/** The functions of the platform that could be called for a token. */
const cryptography = ['decrypt', 'deriveBits', 'unwrapKey', 'importKey', 'verify'] as const

describe('responses to malformed JWEs', () => {
  const auth = decryptingAuth(
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

  // Without its one fault, each token below would be decrypted.
  it('accepts the tokens from which the malformed ones are made', async () => {
    for (const token of [dir(), dir({ header: { kid: 'enc-1' } }), ofRsa(), ofP256()]) {
      expect((await auth.verifyToken(token)).subject).toBe('john')
    }
  })

  it.each([
    ['no encryption', good],
    ['four parts', dir().split('.').slice(0, 4).join('.')],
    ['six parts', `${dir()}.`],
    ['five empty parts', '....'],
    ['a header that is invalid JSON', raw('{"alg":"dir"')],
    ['a header that is an array', raw('[]')],
    ['a repeated alg', raw('{"alg":"RSA-OAEP-256","alg":"dir","enc":"A256GCM","cty":"JWT"}')],
    ['a name that is repeated with escapes', raw('{"alg":"dir","enc":"A256GCM","cty":"JWT","\\u0063ty":"JWT"}')],
    [
      'a header that is not UTF-8',
      dir({ header: '{"alg":"dir","enc":"A256GCM","cty":"JWT","x":"\u{D800}"}' }).replace(/^[^.]+/, 'eyJ4Ijoi_yJ9'),
    ],
    ['a padded header', setText(dir(), 0, (text) => `${text}=`)],
    ['no alg', raw('{"enc":"A256GCM","cty":"JWT"}')],
    ['no enc', raw('{"alg":"dir","cty":"JWT"}')],
    ['no cty', raw('{"alg":"dir","enc":"A256GCM"}')],
    ['another cty', raw(json({ cty: 'jwk+json' }))],
    ['a cty that is not a string', raw(json({ cty: ['JWT'] }))],
    ['a kid that is not a string', raw(json({ kid: 7 }))],
    ['a kid that is null', raw(json({ kid: null }))],
    ['a typ that is not a string', raw(json({ typ: {} }))],
    ['an alg that is not a string', raw(json({ alg: ['dir'] }))],
    ['alg in upper case', raw(json({ alg: 'DIR' }))],
    ['enc in lower case', raw(json({ enc: 'a256gcm' }))],
    ['an unknown enc', raw(json({ enc: 'A512GCM' }))],
    ['an enc that is not supported', raw(json({ enc: 'A256CBC-HS512' }))],
    ['an alg for signatures', raw(json({ alg: 'HS256' }))],
    ['the alg none', raw(json({ alg: 'none' }))],
    ['RSA1_5', ofRsa({ header: { alg: 'RSA1_5' } })],
    ['RSA-OAEP with SHA-1', ofRsa({ header: { alg: 'RSA-OAEP' } })],
    ['RSA-OAEP-512', ofRsa({ header: { alg: 'RSA-OAEP-512' } })],
    ['ECDH-ES without a wrapped key', setText(ofP256({}, { alg: 'ECDH-ES' }), 1, () => '')],
    ['ECDH-ES+A128KW', ofP256({}, { alg: 'ECDH-ES+A128KW' })],
    ['A256KW', raw(json({ alg: 'A256KW' }))],
    ['A256GCMKW', raw(json({ alg: 'A256GCMKW', iv: 'AAAAAAAAAAAAAAAA', tag: 'AAAAAAAAAAAAAAAAAAAAAA' }))],
    ['PBES2', raw(json({ alg: 'PBES2-HS512+A256KW', p2s: 'AAAAAAAAAAA', p2c: 2 ** 31 - 1 }))],
    ['p2c and a supported alg', dir({ header: { p2c: 1 } })],
    ['p2s and a supported alg', dir({ header: { p2s: 'AAAAAAAAAAA' } })],
    ['zip', dir({ header: { zip: 'DEF' }, plaintext: deflateRawSync(Buffer.from(good)) })],
    ['a zip bomb', dir({ header: { zip: 'DEF' }, plaintext: zip })],
    ['a zip that is null', dir({ header: { zip: null } })],
    ['crit', dir({ header: { crit: ['exp'], exp: 1 } })],
    ['an empty crit', dir({ header: { crit: [] } })],
    ['an unknown kid', dir({ header: { kid: 'enc-2' } })],
    ['the kid of a key for another alg', dir({ header: { kid: 'r' } })],
    ['no kid although two keys fit the alg', ofP256({}, { kid: undefined })],
    ['an encrypted key and the alg dir', setText(dir(), 1, () => 'AAAA')],
    ['no encrypted key', setText(ofRsa(), 1, () => '')],
    ['a truncated encrypted key', setPart(ofRsa(), 1, (bytes) => bytes.subarray(1))],
    ['an encrypted key with a leading zero', setPart(ofRsa(), 1, (bytes) => Buffer.concat([Buffer.alloc(1), bytes]))],
    [
      'an encrypted key with unused bits that are not zero',
      setText(ofRsa(), 1, (text) => text.replace(/.$/, (last) => changeUnusedBit(last))),
    ],
    ['a wrapped key that is too long', setPart(ofP256(), 1, (bytes) => Buffer.concat([bytes, Buffer.alloc(8)]))],
    ['an iv that is too long', setPart(dir(), 2, (bytes) => Buffer.concat([bytes, Buffer.alloc(4)]))],
    ['no iv', setText(dir(), 2, () => '')],
    ['an iv with padding', setText(dir(), 2, (text) => `${text}=`)],
    ['no ciphertext', setText(dir(), 3, () => '')],
    ['ciphertext with padding', setText(dir(), 3, (text) => `${text}=`)],
    ['a tag that is truncated to 12 bytes', setPart(dir(), 4, (bytes) => bytes.subarray(0, 12))],
    ['a tag that is truncated by one byte', setPart(dir(), 4, (bytes) => bytes.subarray(0, 15))],
    ['a tag that is too long', setPart(dir(), 4, (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]))],
    ['no tag', setText(dir(), 4, () => '')],
    ['a tag with padding', setText(dir(), 4, (text) => `${text}=`)],
    ['no epk', ofP256({}, { epk: undefined })],
    ['an epk that is not an object', ofP256({}, { epk: [] })],
    ['an epk on another curve', forgeEcdh(p384.publicKey)({ plaintext: good, header: { kid: 'e' } })],
    ['an epk on X25519 for a key on P-256', forgeEcdh(x25519.publicKey)({ plaintext: good, header: { kid: 'e' } })],
    ['an epk on P-256 for a key on X25519', ofP256({}, { kid: 'x' })],
    ['an epk on an unsupported curve', ofP256({ crv: 'secp256k1' })],
    ['an epk of another type', ofP256({ kty: 'RSA' })],
    ['an epk with a private part', ofP256({ d: onCurve.x })],
    ['an epk with another property', ofP256({ ext: true })],
    ['an epk with key_ops', ofP256({ key_ops: [] })],
    ['an epk with a short coordinate', ofP256({ y: 'AAAA' })],
    ['an epk with a coordinate that is not a string', ofP256({ y: 7 })],
    ['an epk with a coordinate that is not base64url', ofP256({ y: '=' })],
    ['an apu that is not a string', ofP256({}, { apu: 7 })],
    ['an apu that is not base64url', ofP256({}, { apu: '=' })],
    ['an apv that is not a string', ofP256({}, { apv: 7 })],
    ['an apv that is not base64url', ofP256({}, { apv: '=' })],
    ['b64', dir({ header: { b64: false } })],
  ])('rejects as malformed, without decrypting it, a JWE with %s', async (_name, token) => {
    const calls = cryptography.map((name) => vi.spyOn(crypto.subtle, name))
    onTestFinished(() => calls.forEach((spy) => spy.mockRestore()))
    expect(await responseTo(auth, token)).toEqual(malformed)
    expect(calls.filter((spy) => spy.mock.calls.length > 0)).toEqual([])
  })

  it.each([
    ['an encrypted key of zeros', setPart(ofRsa(), 1, ({ length }) => Buffer.alloc(length))],
    ['an encrypted key larger than the modulus', setPart(ofRsa(), 1, ({ length }) => Buffer.alloc(length, 0xff))],
    ['the encrypted key of another token', setText(ofRsa(), 1, () => ofRsa().split('.')[1] ?? '')],
    ['a content key of 16 bytes', ofRsa({ contentKey: randomBytes(16) })],
    ['a modified wrapped key', setPart(ofP256(), 1, flipFirst)],
    ['a modified iv', setPart(dir(), 2, flipFirst)],
    ['modified ciphertext', setPart(dir(), 3, flipFirst)],
    ['a modified tag', setPart(dir(), 4, flipFirst)],
    ['a modified header', dir().replace(/^[^.]+/, Buffer.from(json({ x: 1 })).toString('base64url'))],
    ['content that is encrypted with another secret', forgeDir(randomBytes(32))({ plaintext: good })],
    [
      'content that is encrypted with another key pair',
      forgeEcdh(otherP256.publicKey)({ plaintext: good, header: { kid: 'e' } }),
    ],
    ['an epk that is not a point on the curve', ofP256({ y: onCurve.x })],
    ['an epk of zeros', ofP256({ x: 'A'.repeat(43), y: 'A'.repeat(43) })],
    [
      'an epk of low order',
      forgeEcdh(x25519.publicKey, { x: 'A'.repeat(43) })({ plaintext: good, header: { kid: 'x' } }),
    ],
    ['another JWE as its content', dir({ plaintext: dir() })],
    ['a JWE for another key as its content', ofRsa({ plaintext: dir() })],
    ['unsigned claims as its content', dir({ plaintext: JSON.stringify({ sub: 'root', iss: issuer }) })],
    ['content that is not a token', dir({ plaintext: 'garbage' })],
    ['content that is not UTF-8', dir({ plaintext: Buffer.concat([Buffer.from(good), Buffer.from([0xff])]) })],
    ['a byte order mark before the inner token', dir({ plaintext: `\u{FEFF}${good}` })],
    ['no content', dir({ plaintext: '' })],
    ['white space after the inner token', dir({ plaintext: `${good}\n` })],
  ])('rejects as malformed a JWE with %s', async (_name, token) => {
    expect(await responseTo(auth, token)).toEqual(malformed)
  })

  const unsupported = 'alg or enc of the JWE header is not supported'
  const malformedPart = 'a part of the JWE is not canonical base64url, or has the wrong length'
  const mismatchedKey = 'the curve or the size of the encrypted key does not match the decryption key'
  const unreadable = 'the JWE header is not canonical base64url of a valid JSON object'
  const noPublicKey = 'epk of the JWE header must contain the coordinates of a public key and nothing else'
  const invalidAgreement = 'epk, apu or apv of the JWE header is not valid for the algorithm'
  const noSingleKey = 'no decryption key, or more than one, matches alg and kid of the JWE header'
  const undecryptable = 'the JWE could not be decrypted to UTF-8 text'
  it.each([
    ['a token that is not encrypted', good, 'the token is not encrypted'],
    ['a header that is invalid JSON', raw('{'), unreadable],
    ...['alg', 'enc', 'kid', 'typ', 'cty', 'apu', 'apv'].map((name) => {
      return [`${name} as a number`, raw(json({ [name]: 7 })), `the JWE header parameter ${name} must be a string`]
    }),
    ['another cty', raw(json({ cty: 'json' })), 'cty of the JWE header must be JWT'],
    ['no epk', ofP256({}, { epk: undefined }), invalidAgreement],
    ['an epk of another type', ofP256({ kty: 'RSA' }), invalidAgreement],
    ['an epk on an unsupported curve', ofP256({ crv: 'secp256k1' }), invalidAgreement],
    [
      'an epk on another OKP curve',
      forgeEcdh(x25519.publicKey, { crv: 'X448' })({ plaintext: good }),
      invalidAgreement,
    ],
    ['six parts', `${dir()}.`, 'not a compact JWS (expected three parts)'],
    ['an epk with a private part', ofP256({ d: onCurve.x }), noPublicKey],
    ['an epk with a short coordinate', ofP256({ y: 'AAAA' }), noPublicKey],
    ['crit', dir({ header: { crit: ['exp'] } }), 'the JWE header parameter crit is not supported'],
    ['RSA1_5', ofRsa({ header: { alg: 'RSA1_5' } }), unsupported],
    ['an alg for signatures', dir({ header: { alg: 'HS256' } }), unsupported],
    ['another enc', dir({ header: { enc: 'A128GCM' } }), unsupported],
    ['a truncated tag', setPart(dir(), 4, (bytes) => bytes.subarray(0, 12)), malformedPart],
    ['an iv that is too long', setPart(dir(), 2, (bytes) => Buffer.concat([bytes, Buffer.alloc(4)])), malformedPart],
    ['an unknown kid', dir({ header: { kid: 'enc-2' } }), noSingleKey],
    ['an encrypted key for another curve', byP384({ plaintext: good, header: { kid: 'e' } }), mismatchedKey],
    ['an encrypted key and the alg dir', setText(dir(), 1, () => 'AAAA'), mismatchedKey],
    ['wrong RSA padding', setPart(ofRsa(), 1, ({ length }) => Buffer.alloc(length)), undecryptable],
    ['a content key of another size', ofRsa({ contentKey: randomBytes(16) }), undecryptable],
    ['a modified tag', setPart(ofRsa(), 4, flipFirst), undecryptable],
    ['a modified wrapped key', setPart(ofP256(), 1, flipFirst), undecryptable],
    ['an epk that is not a point on the curve', ofP256({ y: onCurve.x }), undecryptable],
  ])('reports to the log what is wrong with a JWE, without its content: %s', async (_name, token, logDetail) => {
    const error: unknown = await auth.verifyToken(token).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'token_malformed', logDetail })
    expect(error).not.toHaveProperty('cause')
  })

  it('rejects an encrypted token whose inner token has the alg none', async () => {
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.split('.')[1] ?? ''}.`
    expect(await resultOf(auth.verifyToken(dir({ plaintext: unsigned })))).toBe('algorithm_not_allowed')
  })

  it('rejects an encrypted token if decrypt is not set', async () => {
    expect(await responseTo(authWith(), dir())).toEqual(malformed)
    expect((await authWith().verifyToken(good)).subject).toBe('john')
  })

  it('rejects a token of thousands of dots', async () => {
    expect(await responseTo(auth, '.'.repeat(8000))).toEqual(malformed)
  })
})

function flipFirst(bytes: Buffer): Buffer {
  bytes[0] = (bytes[0] ?? 0) ^ 1
  return bytes
}

/** Another last character for the same bytes: only an unused bit differs. */
function changeUnusedBit(last: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(last) ^ 1] ?? ''
}
