import { createIssuer } from '../src/index.ts'
import type { IssuerOptions, SigningKey } from '../src/index.ts'

export const start = 1_700_000_000

/** A clock in seconds that tests move; `now` is the seam, in milliseconds. */
export class Clock {
  seconds = start
  readonly now = (): number => this.seconds * 1000
}

export const names = {
  issuer: 'https://auth.example.com',
  audience: 'https://api.example.com',
  clientId: 'web',
} as const

export function issuerOf(keys: SigningKey | readonly SigningKey[], more: Partial<IssuerOptions> = {}) {
  return createIssuer({ ...names, keys, now: () => start * 1000, ...more })
}

/** The parts of a signed token, decoded and not verified. */
export function decode(token: string): { readonly header: unknown; readonly claims: Record<string, unknown> } {
  const [header = '', claims = ''] = token.split('.')
  const parse = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
  return { header: parse(header), claims: parse(claims) as Record<string, unknown> }
}
