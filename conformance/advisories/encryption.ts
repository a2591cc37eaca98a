import { createDecrypter } from '@claimcheck/core/encryption'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { CompactEncrypt } from 'jose'
import type { CompactJWEHeaderParameters, CryptoKey, KeyObject } from 'jose'
import { expect, it, onTestFinished, vi } from 'vitest'
import { errorResponses } from '@claimcheck/testing/contract/error-responses'
import {
  authOptions,
  advisory,
  allOf,
  bearer,
  ecdsa,
  encode,
  hmac,
  mint,
  otherPair,
  outcomesOf,
  recordKeyQueries,
  rsa,
  rsaPair,
  secret,
  spkiOf,
} from './advisory.ts'
import type { Harness, SomeOptions } from './advisory.ts'

type Tokens = Readonly<Record<string, string>>
type Members = Readonly<Record<string, unknown>>

const content = encode('{}')

/** The decryption keys, one for each supported algorithm. */
const shared = randomBytes(32)
const apiRsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const apiEc = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const decrypt = createDecrypter({ keys: [shared, apiRsa.privateKey, apiEc.privateKey] })

const seal = (jws: string | Uint8Array, header: Members, key: Uint8Array | KeyObject | CryptoKey) =>
  new CompactEncrypt(typeof jws === 'string' ? Buffer.from(jws) : jws)
    .setProtectedHeader({ enc: 'A256GCM', cty: 'JWT', ...header } as CompactJWEHeaderParameters)
    .encrypt(key)
const good = mint(rsa())
const accepted: Tokens = {
  dir: await seal(good, { alg: 'dir' }, shared),
  'RSA-OAEP-256': await seal(good, { alg: 'RSA-OAEP-256' }, apiRsa.publicKey),
  'ECDH-ES+A256KW': await seal(good, { alg: 'ECDH-ES+A256KW' }, apiEc.publicKey),
}

/** A JWE with this header. Its other parts have the lengths that `dir` requires. */
function encryptedAs(header: Members, { encryptedKey = '', ciphertext = content } = {}): string {
  const [iv, tag] = [Buffer.alloc(12), Buffer.alloc(16)].map(encode)
  return [encode(JSON.stringify({ cty: 'JWT', ...header })), encryptedKey, iv, ciphertext, tag].join('.')
}

/** The token with one part changed. */
function changed(token: string, part: number, change: (bytes: Buffer) => Uint8Array): string {
  const parts = token.split('.')
  parts[part] = encode(change(Buffer.from(parts[part] ?? '', 'base64url')))
  return parts.join('.')
}

const flipAt = (at: number) => (bytes: Buffer) => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))

/** Attacks with encrypted tokens. */
export function encryptionAdvisories(harness: Harness): void {
  oracles(harness)
  derivations(harness)
  bombs(harness)
}

/**
 * Sends the tokens to an Auth without decryption and to one with it. Returns the outcomes and the key queries of both.
 */
async function outcomesAt(harness: Harness, tokens: Tokens, options: SomeOptions = { decrypt }) {
  const outcomes: Record<string, unknown> = {}
  for (const [name, settings] of Object.entries({ open: {}, encrypted: options })) {
    const { keys, queries } = recordKeyQueries()
    const api = await harness.start(authOptions({ keys, ...settings }))
    outcomes[name] = { outcomes: await outcomesOf(api, tokens), queries }
  }
  return outcomes
}

/** The expected result if both Auths reject the tokens with this code before they query a key. */
function rejectedByBoth(tokens: Tokens, code: string) {
  const rejected = { outcomes: allOf(tokens, code), queries: [] }
  return { open: rejected, encrypted: rejected }
}

/** Counts the calls of Web Crypto during a test. */
function watchCryptography() {
  const names = ['decrypt', 'deriveBits', 'deriveKey', 'unwrapKey', 'importKey'] as const
  const spies = names.map((name) => vi.spyOn(crypto.subtle, name))
  onTestFinished(() => spies.forEach((spy) => spy.mockRestore()))
  return () => spies.flatMap((spy, index) => (spy.mock.calls.length === 0 ? [] : [names[index]]))
}

function oracles(harness: Harness): void {
  advisory({ 11: 'CVE-2021-29443..6 (jose)' }, () => {
    it('rejects CBC and RSA1_5 before a key is queried, with the same code for every padding and tag', async () => {
      const key = Buffer.from(secret).subarray(0, 32)
      const whole = await seal(mint(hmac()), { alg: 'dir', enc: 'A128CBC-HS256' }, key)
      const tokens = {
        whole,
        'wrong padding': changed(whole, 3, (bytes) => flipAt(bytes.length - 17)(bytes)),
        'wrong tag': changed(whole, 4, () => Buffer.alloc(16)),
        'no tag': changed(whole, 4, () => Buffer.alloc(0)),
        RSA1_5: encryptedAs({ alg: 'RSA1_5', enc: 'A128CBC-HS256' }),
        'RSA1_5 with a key of the right size': encryptedAs(
          { alg: 'RSA1_5', enc: 'A256GCM' },
          { encryptedKey: encode(Buffer.alloc(256, 1)) },
        ),
      }
      const cryptography = watchCryptography()
      const withKey = { decrypt: createDecrypter({ keys: [key, apiRsa.privateKey] }) }
      expect(await outcomesAt(harness, tokens, withKey)).toEqual(rejectedByBoth(tokens, 'token_malformed'))
      expect(cryptography()).toEqual([])
    })

    it('sends the same bytes for every defect of an encrypted token, whichever step detects it', async () => {
      const api = await harness.start(authOptions({ decrypt, keys: { publicKey: spkiOf(rsaPair.publicKey) } }))
      for (const token of Object.values(accepted)) expect(await api.sendToken(token)).toBe('john')
      const faults = Object.values(accepted).flatMap((token) => [
        ...[1, 2, 3, 4].map((part) => changed(token, part, flipAt(0))),
        changed(token, 4, (bytes) => bytes.subarray(0, 15)),
        changed(token, 4, () => Buffer.alloc(16)),
        changed(token, 1, ({ length }) => Buffer.alloc(length)),
        changed(token, 1, ({ length }) => Buffer.alloc(length, 0xff)),
        token.replace(/^[^.]+/, encode(JSON.stringify({ alg: 'dir', enc: 'A256GCM', cty: 'JWT' }))),
      ])
      const malformed = errorResponses.token_malformed.join('\n')
      const sealed = accepted['dir'] ?? ''
      const others = [await seal(sealed, { alg: 'dir' }, shared), await seal('{}', { alg: 'dir' }, shared), good]
      // `dir` has no encrypted key that could be changed.
      for (const token of [...faults, ...others].filter((text) => text !== sealed)) {
        expect(responseIn(await api.readResponse({ headers: [bearer(token)] }))).toBe(malformed)
      }
      expect(api.handlerCalls()).toBe(3)
    })
  })
}

/** Status, headers and body. Core sends no response itself; its `readResponse` appends the log details. */
function responseIn(read: string): string {
  return read.split('\n').slice(0, errorResponses.token_malformed.length).join('\n')
}

function derivations(harness: Harness): void {
  advisory({ 12: 'CVE-2022-36083 (jose)' }, () => {
    const header = { alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', p2s: content, p2c: 2 ** 31 - 1 }

    it('rejects PBES2 without deriving a key, whatever its iteration count', async () => {
      const tokens = {
        encrypted: encryptedAs(header, { encryptedKey: encode(Buffer.alloc(40)) }),
        'with the count of an honest one': encryptedAs({ ...header, p2c: 600_000 }),
        'under an algorithm of the list': encryptedAs({ ...header, alg: 'dir' }),
      }
      const cryptography = watchCryptography()
      expect(await outcomesAt(harness, tokens)).toEqual(rejectedByBoth(tokens, 'token_malformed'))
      expect(cryptography()).toEqual([])
    })

    it('rejects it as a signature algorithm, with and without decryption', async () => {
      const tokens = { signed: mint(hmac(), {}, header) }
      expect(await outcomesAt(harness, tokens)).toEqual({
        open: { outcomes: allOf(tokens, 'algorithm_not_allowed'), queries: [] },
        encrypted: { outcomes: allOf(tokens, 'token_malformed'), queries: [] },
      })
    })
  })
}

function bombs(harness: Harness): void {
  advisory({ 13: 'CVE-2024-28176 (jose)' }, () => {
    const inflated = (megabytes: number) => encode(deflateRawSync(Buffer.alloc(megabytes * 1_000_000)))
    const dir = { alg: 'dir', enc: 'A256GCM', zip: 'DEF' }

    it('rejects zip without decrypting or inflating anything', async () => {
      const tokens = {
        encrypted: encryptedAs(dir, { ciphertext: inflated(5) }),
        'with the right key': await seal(Buffer.alloc(1_000_000), dir, shared),
        'with the right key, a good token': await seal(good, dir, shared),
        signed: mint(ecdsa(otherPair.privateKey), {}, { zip: 'DEF' }),
        'signed, zip null': mint(ecdsa(otherPair.privateKey), {}, { zip: null }),
      }
      const cryptography = watchCryptography()
      expect(await outcomesAt(harness, tokens)).toEqual(rejectedByBoth(tokens, 'token_malformed'))
      expect(cryptography()).toEqual([])
    })

    it('rejects a token by its length before it is parsed', async () => {
      const tokens = { encrypted: encryptedAs(dir, { ciphertext: inflated(8) }) }
      expect(await outcomesAt(harness, tokens)).toEqual(rejectedByBoth(tokens, 'token_too_large'))
    })
  })
}
