import { base64url, CompactEncrypt, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import type { CryptoKey, JWTPayload } from 'jose'
import type { AuthOptions, CommonOptions, IssuerOptions } from '@claimcheck/core'
import type { HeaderLine } from '../answer.ts'

/** 2023-11-14T22:13:20Z, the second at which every test happens. */
export const nowSeconds = 1_700_000_000
const issuer = 'https://issuer.example'
const audience = 'https://api.example'
const goodClaims = { iss: issuer, aud: audience, sub: 'john', iat: nowSeconds - 60, exp: nowSeconds + 600 }

const own = await generateKeyPair('ES256')
const stranger = await generateKeyPair('ES256')
const publicJwk = { ...(await exportJWK(own.publicKey)), kid: 'es-1', alg: 'ES256', use: 'sig' }

export type SomeOptions = Partial<CommonOptions & IssuerOptions>

/** The options of an Auth that accepts the tokens of `sign`, with these over the plain ones. */
export function accepting(options: SomeOptions = {}): AuthOptions {
  return { issuer, audience, keys: { jwks: { keys: [publicJwk] } }, now: () => nowSeconds * 1000, ...options }
}

type Claims = Readonly<Record<string, unknown>>

/** Signs the claims, merged over those of a good token; a claim that is undefined is left out. */
export function sign(claims: Claims = {}, header: Claims = {}): Promise<string> {
  return signWith(own.privateKey, claims, header)
}

/** A token that bears the name of the issuer's key and is signed by another. */
export function signAsStranger(): Promise<string> {
  return signWith(stranger.privateKey, {}, {})
}

/** The oldest trick: the public key's text as the secret of an HMAC. */
export function signWithPublicKeyAsSecret(): Promise<string> {
  return signWith(new TextEncoder().encode(JSON.stringify(publicJwk)), {}, { alg: 'HS256' })
}

export function withoutSignature(): string {
  return new UnsecuredJWT(goodClaims).encode()
}

/** A good token whose claims were exchanged after it was signed. */
export async function tamperWith(token: string, claims: Claims): Promise<string> {
  const [header = '', , signature = ''] = token.split('.')
  return [header, base64url.encode(JSON.stringify({ ...goodClaims, ...claims })), signature].join('.')
}

/** A secret that the issuer and the API share, to encrypt with. */
const encryptionKey = { kty: 'oct', k: 'qCFLJkrBTsnXWXqQxdJ3nYOEwCKsSQkPNzLYmYNPB_k', kid: 'enc-1', use: 'enc' }

/** The options of an Auth that takes encrypted tokens alone. */
export const decrypting: SomeOptions = { decrypt: { keys: encryptionKey } }

/** Encrypts a token, signed or not, for an Auth with `decrypting`. */
export function encrypt(token: string, header: Claims = {}): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(token))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', cty: 'JWT', ...header })
    .encrypt(base64url.decode(encryptionKey.k))
}

/** The header line that carries a token. */
export function bearer(token: string): HeaderLine {
  return ['Authorization', `Bearer ${token}`]
}

/** The header line of a caller with these claims. */
export async function as(claims: Claims): Promise<HeaderLine> {
  return bearer(await sign(claims))
}

function signWith(key: CryptoKey | Uint8Array, claims: Claims, header: Claims): Promise<string> {
  const payload: JWTPayload = { ...goodClaims, ...claims }
  return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'es-1', ...header }).sign(key)
}
