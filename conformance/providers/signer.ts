import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { JWK } from 'jose'

type Members = Readonly<Record<string, unknown>>

/** The second at which tests of one's own tokens begin. */
export const startSeconds = 1_700_000_000
export const audience = 'https://api.example'

export interface Signer {
  /** The public key. */
  readonly jwk: JWK
  /** Signs claims, over those of a token that outlives every test; its `iss` is for the caller to say. */
  sign(claims: Members, header?: Members): Promise<string>
}

/** Makes an ES256 key, and what signs with it. */
export async function createSigner(kid: string): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' },
    sign: (claims, header = {}) =>
      new SignJWT({ aud: audience, sub: 'john', iat: startSeconds - 60, exp: 4e9, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid, ...header })
        .sign(privateKey),
  }
}
