import { SignJWT, exportJWK, generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { faultOf, judge } from './judge.ts'
import { publishedJwk } from './published-keys.ts'
import { readVectors } from './vector-files.ts'

const claimsSet = z.looseObject({ iss: z.string(), iat: z.number().exactOptional(), exp: z.number().exactOptional() })
type Claims = z.infer<typeof claimsSet>

const { privateKey, publicKey } = await generateKeyPair('ES256')
const keys = { publicKey: await exportJWK(publicKey) }

/** The RFCs print these without signatures, so they are signed here, and judged a minute after they were issued. */
async function judgeSigned(claims: Claims, header: object = {}, settings: object = {}) {
  const { iss, iat, nbf, exp } = claims
  const token = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', ...header }).sign(privateKey)
  const now = () => (z.number().parse(iat ?? nbf ?? exp) + 60) * 1000
  return judge({ issuer: iss, audience: null, keys, now, ...settings }, token)
}

describe('the claims of the RFCs', () => {
  it('accepts the access token of RFC 9068 with its profile and audience only', async () => {
    const schema = z.object({ header: z.object({ typ: z.string() }), claims: claimsSet })
    const { header, claims } = readVectors('rfc/rfc9068_access_token.json', schema)
    const settings = { audience: claims['aud'], profile: 'at+jwt' }
    const { principal } = await judgeSigned(claims, { typ: header.typ }, settings)
    expect(principal).toMatchObject({ subject: claims['sub'], scopes: String(claims['scope']).split(' ') })
    const other = await judgeSigned(claims, { typ: header.typ }, { ...settings, audience: 'https://other.example' })
    expect(other.verdict).toBe('audience_not_allowed')
    expect((await judgeSigned(claims, {}, settings)).verdict).toBe('token_type_not_allowed')
  })

  it('rejects the token of RFC 8705, which is bound to a certificate', async () => {
    const schema = z.object({ claims: claimsSet, appendixA: z.object({ pem: z.string(), jwk: publishedJwk }) })
    const { claims, appendixA } = readVectors('rfc/rfc8705_mtls.json', schema)
    expect((await judgeSigned(claims)).verdict).toBe('token_bound')
    expect(await faultOf({ publicKey: appendixA.pem })).toBeNull()
    expect(await faultOf({ publicKey: appendixA.jwk })).toBeNull()
  })

  it('rejects the DPoP proofs of RFC 9449 as tokens', async () => {
    const schema = z.object({ jwk: publishedJwk, proofs: z.array(z.object({ iat: z.number(), proof: z.string() })) })
    const { jwk, proofs } = readVectors('rfc/rfc9449_dpop.json', schema)
    for (const { iat, proof } of proofs) {
      const settings = { audience: null, keys: { publicKey: jwk }, now: () => iat * 1000, maxLifetimeSeconds: null }
      expect((await judge({ issuer: null, ...settings }, proof)).verdict).toBe('token_type_not_allowed')
      expect((await judge({ issuer: null, ...settings, typ: 'dpop+jwt' }, proof)).verdict).toBe('accepted')
      expect((await judge({ issuer: 'https://server.example.com', ...settings }, proof)).verdict).toBe('issuer_unknown')
    }
    expect(proofs.length).toBeGreaterThan(0)
  })

  it('rejects the security events of RFC 8417 as tokens', async () => {
    const { sets } = readVectors(
      'rfc/rfc8417_set_and_logout.json',
      z.object({ sets: z.array(z.object({ claims: claimsSet })) }),
    )
    expect(sets).toHaveLength(3)
    for (const { claims } of sets) {
      expect((await judgeSigned(claims, { typ: 'secevent+jwt' })).verdict).toBe('token_type_not_allowed')
      expect(await judgeSigned(claims)).toMatchObject({ verdict: 'claim_invalid', detail: 'exp is missing' })
    }
  })
})
