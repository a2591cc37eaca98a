import { createDecrypter } from '@claimcheck/core/encryption'
import { createCipheriv, createHmac, randomBytes } from 'node:crypto'
import type { AuthOptions, CommonOptions, TrustedIssuerOptions } from '@claimcheck/core'
import { encodeParts, exchangeClaims } from '../lib/compact-token.ts'
import type { TokenPart } from '../lib/compact-token.ts'
import { generateSigningKey } from '../lib/signing-key.ts'
import type { HeaderLine } from './response.ts'

/** The time of every test: 2023-11-14T22:13:20Z. */
export const nowSeconds = 1_700_000_000
const issuer = 'https://issuer.example'
const audience = 'https://api.example'
const goodClaims = { iss: issuer, aud: audience, sub: 'john', iat: nowSeconds - 60, exp: nowSeconds + 600 }

const own = generateSigningKey('ES256', 'es-1')
const stranger = generateSigningKey('ES256', 'es-1')

export type SomeOptions = Partial<CommonOptions & TrustedIssuerOptions>

/** Returns options of an Auth that accepts the tokens of `sign`. `options` replaces some of them. */
export function authOptions(options: SomeOptions = {}): AuthOptions {
  return { issuer, audience, keys: { jwks: { keys: [own.publicJwk] } }, now: () => nowSeconds * 1000, ...options }
}

/** Signs the claims, merged over those of a valid token. A claim that is undefined is omitted. */
export function sign(claims: TokenPart = {}, header: TokenPart = {}): string {
  return own.sign({ ...goodClaims, ...claims }, header)
}

/** Creates a token with the kid of the issuer's key that is signed with another key. */
export function signAsStranger(): string {
  return stranger.sign(goodClaims, {})
}

/** Creates a token for the algorithm confusion attack: signed by HMAC with the public key as the secret. */
export function signWithPublicKeyAsSecret(): string {
  const parts = encodeParts({ alg: 'HS256', kid: own.kid }, goodClaims)
  const signature = createHmac('sha256', JSON.stringify(own.publicJwk)).update(parts).digest('base64url')
  return `${parts}.${signature}`
}

export function withoutSignature(): string {
  return `${encodeParts({ alg: 'none' }, goodClaims)}.`
}

/** Replaces claims of a token after it was signed. */
export function tamperWith(token: string, claims: TokenPart): string {
  return exchangeClaims(token, claims)
}

/** The shared secret for encryption. */
const encryptionKey = { kty: 'oct', k: 'qCFLJkrBTsnXWXqQxdJ3nYOEwCKsSQkPNzLYmYNPB_k', kid: 'enc-1', use: 'enc' }

/** Options of an Auth that accepts only encrypted tokens. */
export const decrypting: SomeOptions = { decrypt: createDecrypter({ keys: encryptionKey }) }

/** Encrypts a string for an Auth with `decrypting` (RFC 7516 section 5.1). */
export function encrypt(token: string, header: TokenPart = {}): string {
  const [protectedHeader = ''] = encodeParts({ alg: 'dir', enc: 'A256GCM', cty: 'JWT', ...header }, {}).split('.')
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(encryptionKey.k, 'base64url'), iv)
  cipher.setAAD(Buffer.from(protectedHeader))
  const ciphertext = Buffer.concat([cipher.update(token), cipher.final()])
  const [ivText = '', ciphertextText = '', tag = ''] = [iv, ciphertext, cipher.getAuthTag()].map((bytes) =>
    bytes.toString('base64url'),
  )
  return [protectedHeader, '', ivText, ciphertextText, tag].join('.')
}

/** Returns the Authorization line for a token. */
export function bearer(token: string): HeaderLine {
  return ['Authorization', `Bearer ${token}`]
}

/** Returns the Authorization line for a caller with these claims. */
export function as(claims: TokenPart): HeaderLine {
  return bearer(sign(claims))
}
