import { randomUUID } from 'node:crypto'
import type { Issuer } from './issuer.ts'

const day = 86_400

/** The twelve claims of every measured token, modelled on the access token of a typical identity provider. */
export function claimsOf({ terms }: Issuer, index: number): object {
  const now = Math.floor(Date.now() / 1000)
  return {
    iss: terms.issuer,
    aud: terms.audience,
    sub: subjectOf(index),
    iat: now - 1,
    nbf: now - 1,
    exp: now + day,
    jti: randomUUID(),
    azp: 'web-application',
    scope: 'openid profile email reports:read',
    name: `Jane Doe the ${index}th`,
    email: `jane.doe.${index}@mail.example`,
    roles: ['editor', 'reviewer'],
  }
}

export function subjectOf(index: number): string {
  return `user-${index}`
}

/** Valid tokens, each with a different subject. */
export function validTokens(issuer: Issuer, count: number): string[] {
  return Array.from({ length: count }, (_, index) => issuer.sign(claimsOf(issuer, index)))
}

/** Tokens that every contender must reject, one for each defect. */
export interface InvalidTokens {
  readonly wrongSignature: string
  readonly expired: string
  readonly wrongIssuer: string
  readonly wrongAudience: string
}

export function invalidTokens(issuer: Issuer): InvalidTokens {
  const claims = claimsOf(issuer, 0)
  return {
    wrongSignature: wrongSignature(issuer, 0),
    expired: expired(issuer, 0),
    wrongIssuer: issuer.sign({ ...claims, iss: 'https://stranger.example' }),
    wrongAudience: issuer.sign({ ...claims, aud: 'https://other.example' }),
  }
}

/** A token with the signature of another token: the length and range are right, so that checking it takes as long. */
export function wrongSignature(issuer: Issuer, index: number, keyId?: string): string {
  const [token, other] = [index, index + 1].map((each) => issuer.sign(claimsOf(issuer, each), keyId))
  return `${signingInputOf(token)}.${other?.slice(other.lastIndexOf('.') + 1)}`
}

export function expired(issuer: Issuer, index: number): string {
  const hourAgo = Math.floor(Date.now() / 1000) - 3600
  return issuer.sign({ ...claimsOf(issuer, index), iat: hourAgo - 60, nbf: hourAgo - 60, exp: hourAgo })
}

function signingInputOf(token = ''): string {
  return token.slice(0, token.lastIndexOf('.'))
}

/** The claims of a token that a bench signed, read without verifying it. */
export function unverifiedClaims(token: string): { readonly sub: string } {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  return JSON.parse(payload) as { readonly sub: string }
}
