import { createHmac } from 'node:crypto'

/** 2023-11-14T22:13:20Z, the time of these tests. */
export const nowSeconds = 1_700_000_000
export const now = (): number => nowSeconds * 1000
export const issuer = 'https://issuer.example'
export const audience = 'https://api.example'
export const secret = 'the secret of the random tokens: 48 bytes, no more'

/** The options of an Auth that accepts tokens of `signHmac` with valid claims. */
export const hmacOptions = { issuer, audience, keys: { secret }, now }
export const goodClaims = { iss: issuer, aud: audience, sub: 'john', iat: nowSeconds - 60, exp: nowSeconds + 600 }
export const hmacHeader = '{"alg":"HS256"}'

/** Signs any bytes as the payload with any header, even if the result is not a valid token. */
export function signHmac(payload: string | Uint8Array, header: string | Uint8Array = hmacHeader): string {
  return signInput(`${Buffer.from(header).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`)
}

/** Appends a valid signature to any text. */
export function signInput(input: string): string {
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}
