import { afterAll, describe, expect, it } from 'vitest'
import { base64url, CompactEncrypt, importJWK } from 'jose'
import { faultOf, judge, Tally } from './judge.ts'
import { asJwk, isPrivate, publicPart } from './published-keys.ts'
import type { PublishedJwk } from './published-keys.ts'
import { encryptedExamples, joseExamples, jwtExamples, nestedExample, publishedKeys } from './rfc-examples.ts'
import { readWycheproof } from './wycheproof.ts'

/** The errors for an algorithm that is not supported, or for a parameter of one. */
const outOfList =
  /^(alg or enc of the JWE header is not supported|the JWE header parameter (zip|p2c) is not supported)$/

/** The secret of RFC 7520 section 5.7, which Wycheproof uses too. */
const rfc7520Secret = 'qC57l_uxcm7Nm3K-ct4GFjx8tM1U8CZ0NLBvdQstiS8'

/** The signed tokens that RFC 7519 A.2 and RFC 7520 6 encrypt, with the options that verify them at their time. */
const exp = 1_300_819_380
const inTime = { audience: null, now: () => (exp - 60) * 1000 }

interface Signed {
  readonly title: string
  readonly token: string
  readonly settings: Readonly<Record<string, unknown>>
}

function signedExamples(): readonly Signed[] {
  const ofJwt = joseExamples().get('rfc7515 A.2')?.jwk
  const { token, key } = nestedExample()
  return [
    {
      title: 'RFC 7519 A.2',
      token: jwtExamples().get('A.2')?.innerJwt ?? '',
      settings: { ...inTime, issuer: 'joe', ...asJwk(publicPart(ofJwt ?? { kty: '' })) },
    },
    { title: 'RFC 7520 6', token, settings: { ...inTime, issuer: 'hobbiton.example', ...asJwk(publicPart(key)) } },
  ]
}

/** A key without its `alg` and `use`, because the algorithms of the RFCs are not supported. */
function free({ alg: _alg, ...jwk }: PublishedJwk): PublishedJwk {
  return jwk
}

const algorithmOf: Readonly<Record<string, string>> = {
  RSA: 'RSA-OAEP-256',
  EC: 'ECDH-ES+A256KW',
  OKP: 'ECDH-ES+A256KW',
}

async function encrypt(token: string, jwk: PublishedJwk): Promise<string> {
  const alg = jwk.kty === 'oct' ? 'dir' : (algorithmOf[jwk.kty] ?? '')
  const key = alg === 'dir' ? base64url.decode(String(jwk['k'])) : await importJWK(publicPart(jwk), alg)
  return new CompactEncrypt(new TextEncoder().encode(token))
    .setProtectedHeader({
      alg,
      enc: 'A256GCM',
      cty: 'JWT',
      ...(typeof jwk['kid'] === 'string' ? { kid: jwk['kid'] } : {}),
    })
    .encrypt(key)
}

describe('the encryption examples of the RFCs', () => {
  const tally = new Tally('Encrypted tokens of the RFCs')
  afterAll(() => console.info(String(tally)))
  const signed = signedExamples()
  const printed = publishedKeys().filter(([, jwk]) => isPrivate(jwk) && jwk['use'] !== 'sig' && jwk.kty !== 'oct')
  // The signing keys of RFC 7515 and 7517 have no use; Ed25519 can only sign.
  const keys = printed.filter(([, jwk]) => jwk['crv'] !== 'Ed25519')

  describe.each(keys)('%s', (_title, jwk) => {
    it.each(signed)(
      'decrypts the token of $title if it is encrypted with a supported algorithm',
      async ({ token, settings }) => {
        const nested = await encrypt(token, jwk)
        const { verdict, principal } = await judge({ ...settings, decryptionKeys: free(jwk) }, nested)
        tally.add(verdict)
        expect(principal?.claims).toMatchObject({ exp, 'http://example.com/is_root': true })
        expect((await judge({ ...settings, decryptionKeys: free(jwk) }, token)).verdict).toBe('token_malformed')
      },
    )
  })

  it('includes keys of each type', () => {
    expect(keys.length).toBeGreaterThan(8)
    expect(new Set(keys.map(([, jwk]) => jwk['crv'] ?? jwk.kty))).toEqual(
      new Set(['RSA', 'P-256', 'P-384', 'P-521', 'X25519']),
    )
  })

  // RSA1_5, RSA-OAEP with SHA-1, A128KW, A128GCM and others: no RFC example uses only supported algorithms.
  const examples = encryptedExamples()
  it.each(examples)('rejects %s, whose algorithms are not supported, even with its key', async (_title, token, jwk) => {
    const [header] = token.split('.')
    const { alg, enc } = JSON.parse(Buffer.from(header ?? '', 'base64url').toString()) as { alg: string; enc: string }
    expect(['RSA-OAEP-256', 'ECDH-ES+A256KW', 'dir'].includes(alg) && enc === 'A256GCM').toBe(false)
    const [first] = signed
    const settings = { ...first?.settings, decryptionKeys: free(jwk) }
    const fault = await judge(settings, token)
    tally.add(fault.verdict)
    const size = jwk.kty === 'oct' ? base64url.decode(String(jwk['k'])).length : null
    // createAuth has already thrown: the secret is too short, or it is published in RFC 7520 section 5.7.
    if (size !== null) expect(fault.detail).toContain('a secret of exactly 32 random bytes')
    if (size === 32) expect(fault.detail).toContain('a published example')
    if (size === null)
      expect([fault.verdict, fault.detail]).toEqual(['token_malformed', expect.stringMatching(outOfList)])
  })

  it('includes an example of each key management algorithm', () => {
    expect(examples.length).toBeGreaterThan(10)
  })

  it('includes keys whose alg makes createAuth throw', async () => {
    const isBound = ({ use, alg }: PublishedJwk) => use === 'enc' && alg !== undefined && alg !== 'A256GCM'
    const bound = publishedKeys().filter(([, jwk]) => isBound(jwk) && isPrivate(jwk))
    expect(bound.length).toBeGreaterThan(2)
    for (const [, jwk] of bound) {
      const { verdict, detail } = await judge(
        { ...inTime, issuer: 'joe', keys: { secret: 'x'.repeat(40) }, decryptionKeys: jwk },
        '',
      )
      expect([verdict, detail]).toEqual([
        'configuration',
        expect.stringMatching(/for an algorithm other than|not for decrypt/),
      ])
    }
  })
})

describe('the JWE vectors of Wycheproof', () => {
  const vectors = readWycheproof('wycheproof/json_web_encryption_test.json').map((vector) => {
    const [jwk = { kty: '' }] = vector.privateKeys
    return [`${vector.tcId} ${vector.comment} (${vector.result})`, vector, jwk] as const
  })
  const usable = vectors.filter(([, , jwk]) => ['RSA-OAEP-256', 'ECDH-ES+A256KW'].includes(String(jwk.alg)))
  const settings = { ...inTime, issuer: 'joe', keys: { secret: 'a secret of the test, of 32 bytes' } }
  const tally = new Tally('wycheproof/json_web_encryption_test.json, with its keys')
  afterAll(() => console.info(String(tally)))

  it.each(vectors)('rejects %s with its key because of its algorithms', async (_title, { token }, jwk) => {
    const { verdict } = await judge({ ...settings, decryptionKeys: { ...free(jwk), key_ops: undefined } }, token)
    tally.add(verdict)
    // A secret of another size, or of RFC 7520, is rejected as an option.
    const isRejected =
      jwk.kty === 'oct' && (base64url.decode(String(jwk['k'])).length !== 32 || jwk['k'] === rfc7520Secret)
    expect(verdict).toBe(isRejected ? 'configuration' : 'token_malformed')
  })

  it.each(usable)('accepts the key of %s as it is printed', async (_title, _vector, jwk) => {
    const [signed] = signedExamples()
    const nested = await encrypt(signed?.token ?? '', jwk)
    expect((await judge({ ...signed?.settings, decryptionKeys: jwk }, nested)).verdict).toBe('accepted')
    expect(await faultOf({ publicKey: publicPart(jwk) })).not.toBeNull()
  })

  // The only supported combination. It is rejected because `cty` does not declare a token.
  it('processes valid ones of RSA-OAEP-256 and A256GCM up to their header', async () => {
    const found = vectors.filter(([, { tcId }]) => tcId === 90)
    expect(found).toHaveLength(1)
    for (const [, { token }, jwk] of found) {
      const { detail } = await judge({ ...settings, decryptionKeys: jwk }, token)
      expect(detail).toBe('cty of the JWE header must be JWT')
    }
  })
})
