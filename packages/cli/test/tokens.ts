import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { nowSeconds } from './terminal.ts'

export const audience = 'https://api.example'
export const secret = 'q2mvRoAMQ36KpkPTdvIlqIu3nJ04ykGY8fPfYv9zL2M'

const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })

/** The public key that the test server publishes. */
export const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'ES256', use: 'sig' }

/** The claims of a valid token. `claims` replaces some of them. */
export function claimsOf(issuer: string, claims: object = {}) {
  return { iss: issuer, aud: audience, sub: 'john', iat: nowSeconds - 60, exp: nowSeconds + 720, ...claims }
}

/** Signs a token with the key that the test server publishes. */
export async function sign(issuer: string, claims: object = {}, header: object = {}): Promise<string> {
  return new SignJWT(claimsOf(issuer, claims))
    .setProtectedHeader({ alg: 'ES256', kid: 'key-1', ...header })
    .sign(privateKey)
}

/** Signs a token with the secret. */
export async function signWithSecret(issuer: string, claims: object = {}, key = secret): Promise<string> {
  return new SignJWT(claimsOf(issuer, claims)).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(key))
}

/** Creates a token with any header and payload, and an invalid signature. */
export function forge(header: unknown, payload: unknown, signature = 'c2lnbmF0dXJl'): string {
  const part = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
  return `${part(header)}.${part(payload)}.${signature}`
}
