import { SignJWT, importJWK } from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import { faultOf, judge } from './judge.ts'
import { asJwk, isPrivate, publicPart } from './published-keys.ts'
import { joseExamples, publishedKeys } from './rfc-examples.ts'

const nowSeconds = 1_700_000_000
const settings = { issuer: 'https://issuer.example', audience: null, now: () => nowSeconds * 1000 }
const claims = { iss: settings.issuer, exp: nowSeconds + 600 }

/** The algorithm of a key without `alg`. */
const byCurve: Readonly<Record<string, string>> = { 'P-256': 'ES256', 'P-521': 'ES512', Ed25519: 'EdDSA' }

describe('the keys of the RFCs', () => {
  const keys = publishedKeys()
  const isForSignatures = ([, jwk]: (typeof keys)[number]) =>
    jwk['use'] !== 'enc' && !String(jwk.alg).startsWith('A128')
  const ofPairs = keys.filter(([, jwk]) => jwk.kty !== 'oct')
  const signers = ofPairs.filter(isForSignatures)

  afterAll(() => console.info(`Keys of the RFCs: ${keys.length} read, ${signers.length} accepted by their public part`))

  it.each(keys.filter(([, jwk]) => isPrivate(jwk)))('rejects %s, which is private', async (_title, jwk) => {
    const fault = jwk.kty === 'oct' ? 'a secret (kty oct)' : 'a private key'
    expect(await faultOf({ publicKey: jwk })).toContain(fault)
    expect(await faultOf({ jwks: { keys: [jwk] } })).toContain(fault)
  })

  it.each(ofPairs.filter((key) => !isForSignatures(key)))(
    'rejects the public part of %s, which is for encryption',
    async (_title, jwk) => {
      expect(await faultOf({ publicKey: publicPart(jwk) })).toContain('not for signatures')
      expect(await faultOf({ jwks: { keys: [publicPart(jwk)] } })).toContain('a JWK Set without one')
    },
  )

  it.each(signers)('accepts the public part of %s', async (_title, jwk) => {
    expect(await faultOf({ publicKey: publicPart(jwk) })).toBeNull()
    expect(await faultOf({ jwks: { keys: [publicPart(jwk)] } })).toBeNull()
  })

  it.each(signers.filter(([, jwk]) => isPrivate(jwk)))('accepts what %s signs', async (_title, jwk) => {
    const alg = jwk.alg ?? byCurve[String(jwk['crv'])] ?? 'PS384'
    const token = await new SignJWT(claims).setProtectedHeader({ alg }).sign(await importJWK(jwk, alg))
    expect((await judge({ ...settings, ...asJwk(publicPart(jwk)) }, token)).verdict).toBe('accepted')
  })

  it('uses the signature key of the set in RFC 7517 A.1, and none of those in A.2 and A.3', async () => {
    const set = (section: string) => ({ jwks: joseExamples().get(`rfc7517 ${section}`)?.jwkset })
    expect(await faultOf(set('A.1'))).toBeNull()
    expect(await faultOf(set('A.2'))).toContain('a private key')
    expect(await faultOf(set('A.3'))).toContain('a secret (kty oct)')
  })

  it('reads the certificate of RFC 7517 B as PEM', async () => {
    const certificate = String([joseExamples().get('rfc7517 B')?.jwk?.['x5c']].flat()[0])
    const pem = `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----`
    expect(await faultOf({ publicKey: pem })).toBeNull()
  })
})
