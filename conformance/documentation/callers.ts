import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { JWTPayload } from 'jose'
import { productTokens } from './product-tokens.ts'

type Claims = Readonly<Record<string, unknown>>

/** Who calls, by the claims that everybody's token does not have; the subject is the name. */
const callers: Readonly<Record<string, Claims>> = {
  /** An admin, in the words of every issuer on the pages. */
  john: { admin: true, realm_access: { roles: ['admin'] }, scope: 'reports:read' },
  /** Nobody special. */
  jane: {},
  /** Comes with a token that is over. */
  late: { exp: 1_700_000_000 },
  /** Comes with a token that is never over. */
  forever: { exp: undefined },
  /** Comes with an ID token in the place of an access token. */
  idle: { at_hash: 'HK6E_P6Dh8Y93mRNtsDB1Q', nonce: 'n-0S6_WzA2Mj' },
  ed: { groups: ['editors'] },
  /** May sign the contracts of tenant 42; so might paul, had he the scopes, and tom, were he of that tenant. */
  olga: { realm_access: { roles: ['owner'] }, tenant: 42, scope: 'contracts:read contracts:sign' },
  paul: { tier: 3, tenant: 42, scope: 'contracts:read' },
  tom: { tier: 3, tenant: 43, scope: 'contracts:read contracts:sign' },
}

/** What HS256 signs with, and what stands in JWT_SECRET. */
export const secret = 'a secret of these tests: 48 bytes, and no others'

const algorithms = ['RS256', 'ES256', 'EdDSA'] as const
const keys = await Promise.all(algorithms.map(async (alg) => ({ alg, ...(await generateKeyPair(alg)) })))

/** The public keys of the issuers in memory. */
export const jwkSet = JSON.stringify({
  keys: await Promise.all(
    keys.map(async ({ alg, publicKey }) => ({ ...(await exportJWK(publicKey)), kid: alg, alg, use: 'sig' })),
  ),
})

/** The token of a caller: of the issuer of the environment, by the secret; of an issuer in memory, by its RSA key. */
export async function tokenOf(name: string, issuer?: string): Promise<string> {
  const claims = callers[name] ?? productTokens[name]
  if (claims === undefined) throw new SyntaxError(`Nobody is called ${name}`)
  const now = Math.floor(Date.now() / 1000)
  const payload: JWTPayload = { aud: 'https://api.example', iat: now - 60, exp: now + 600, sub: name, ...claims }
  const token = new SignJWT(payload)
  if (issuer === undefined) {
    const key = new TextEncoder().encode(secret)
    return token.setIssuer('https://login.example').setProtectedHeader({ alg: 'HS256' }).sign(key)
  }
  const [first] = keys
  if (first === undefined) throw new Error('The issuers in memory have no key')
  return token.setIssuer(issuer).setProtectedHeader({ alg: first.alg, kid: first.alg }).sign(first.privateKey)
}
