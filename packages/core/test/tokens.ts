import { base64url, exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { CryptoKey } from 'jose'
import { createAuth, isAuthError } from '../src/index.ts'

/** 2023-11-14T22:13:20Z, the current time of the tests. */
export const nowSeconds = 1_700_000_000
export const issuer = 'https://issuer.example'
export const audience = 'https://api.example'
export const secret = 'claimcheck test secret, 32 bytes or more of it'

export const baseClaims = { iss: issuer, aud: audience, sub: 'john', iat: nowSeconds - 60, exp: nowSeconds + 600 }
export const now = () => nowSeconds * 1000

export type Header = { alg?: string; [name: string]: unknown }

/** Signs these claims, merged over those of a valid token. A claim that is undefined is omitted. */
export async function sign(
  claims: object = {},
  header: Header = {},
  key: CryptoKey | Uint8Array | string = secret,
): Promise<string> {
  const bytes = typeof key === 'string' ? new TextEncoder().encode(key) : key
  return new SignJWT({ ...baseClaims, ...claims }).setProtectedHeader({ alg: 'HS256', ...header }).sign(bytes)
}

/** Signs any header and payload with HMAC, even malformed ones. */
export async function signText(header: string, payload: string | Uint8Array, key: string = secret): Promise<string> {
  const input = `${base64url.encode(header)}.${base64url.encode(payload)}`
  return signInput(input, key)
}

export async function signInput(input: string, key: string = secret): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await crypto.subtle.importKey('raw', new TextEncoder().encode(key), algorithm, false, ['sign'])
  const signature = await crypto.subtle.sign('HMAC', imported, new TextEncoder().encode(input))
  return `${input}.${base64url.encode(new Uint8Array(signature))}`
}

/** An Auth for tokens of `sign`, with these options merged over the defaults of the tests. */
export function authWith(options: object = {}) {
  return createAuth({ issuer, audience, keys: { secret }, now, ...options })
}

/** 'accepted' if the promise resolves; otherwise the log code of the AuthError, the code of another error, or the error. */
export async function resultOf(outcome: Promise<unknown>): Promise<unknown> {
  try {
    await outcome
    return 'accepted'
  } catch (error) {
    if (isAuthError(error)) return error.logCode
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

export async function keyPair(algorithm: string, kid?: string) {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const jwk = await exportJWK(publicKey)
  return { publicKey, privateKey, jwk: kid === undefined ? jwk : { ...jwk, kid, alg: algorithm } }
}

export function bearer(token: string) {
  return { headers: { authorization: `Bearer ${token}` } }
}
