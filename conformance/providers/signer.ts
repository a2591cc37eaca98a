import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { JWK } from 'jose'

type Members = Readonly<Record<string, unknown>>

/** The time at which tests with their own tokens start. */
export const startSeconds = 1_700_000_000
export const audience = 'https://api.example'

export interface Signer {
  /** The public key. */
  readonly jwk: JWK
  /** Signs claims in addition to those of a token that is valid during every test. The caller passes `iss`. */
  sign(claims: Members, header?: Members): Promise<string>
}

/** Creates an ES256 key, and a function that signs with it. */
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
