import { randomBytes } from 'node:crypto'
import { base64url, exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { TokenTerms } from './contender.ts'

/** A key of the issuer, and a token that it signed. */
export interface SignedBy {
  readonly jwk: object
  readonly token: string
}

const day = 86_400

const pairs = new Map<string, ReturnType<typeof generateKeyPair>>()

/** Signs a token that outlives the longest scenario, with the RSA key of that name. */
export async function signWithKey(kid: string, terms: TokenTerms, nowSeconds: number): Promise<SignedBy> {
  const pair = pairs.get(kid) ?? generateKeyPair('RS256', { extractable: true })
  pairs.set(kid, pair)
  const { publicKey, privateKey } = await pair
  const token = await new SignJWT({
    iss: terms.issuer,
    aud: terms.audience,
    sub: 'john',
    iat: nowSeconds,
    exp: nowSeconds + 3 * day,
  })
    .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
    .sign(privateKey)
  return { jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }, token }
}

/** A token as good as another, but for its signature. */
export function forge(token: string): string {
  return `${token.slice(0, token.lastIndexOf('.'))}.${base64url.encode(randomBytes(256))}`
}

/** A token that names a key which nobody has: its claims are those of another, its signature is noise. */
export function withMadeUpKid(token: string, kid: string): string {
  const header = base64url.encode(JSON.stringify({ alg: 'RS256', kid, typ: 'JWT' }))
  return forge(`${header}.${token.split('.')[1]}.`)
}
