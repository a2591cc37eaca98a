import { randomUUID } from 'node:crypto'
import type { Issuer } from './issuer.ts'

const day = 86_400

/** The twelve claims of every token that is measured, as an access token of a usual identity provider has them. */
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

/** Good tokens, each of another caller. */
export function goodTokens(issuer: Issuer, count: number): string[] {
  return Array.from({ length: count }, (_, index) => issuer.sign(claimsOf(issuer, index)))
}

/** Tokens that nobody may accept, by what is wrong with them. */
export interface BadTokens {
  readonly wronglySigned: string
  readonly expired: string
  readonly ofAnotherIssuer: string
  readonly forAnotherAudience: string
}

export function badTokens(issuer: Issuer): BadTokens {
  const claims = claimsOf(issuer, 0)
  return {
    wronglySigned: wronglySigned(issuer, 0),
    expired: expired(issuer, 0),
    ofAnotherIssuer: issuer.sign({ ...claims, iss: 'https://stranger.example' }),
    forAnotherAudience: issuer.sign({ ...claims, aud: 'https://other.example' }),
  }
}

/** A token with the signature of another: as long as its own and in range, so that it costs what its own would. */
export function wronglySigned(issuer: Issuer, index: number, keyId?: string): string {
  const [token, other] = [index, index + 1].map((each) => issuer.sign(claimsOf(issuer, each), keyId))
  return `${inputOf(token)}.${other?.slice(other.lastIndexOf('.') + 1)}`
}

export function expired(issuer: Issuer, index: number): string {
  const hourAgo = Math.floor(Date.now() / 1000) - 3600
  return issuer.sign({ ...claimsOf(issuer, index), iat: hourAgo - 60, nbf: hourAgo - 60, exp: hourAgo })
}

function inputOf(token = ''): string {
  return token.slice(0, token.lastIndexOf('.'))
}
