import { createIssuer } from '../src/index.ts'
import type { IssuerOptions, SigningKey } from '../src/index.ts'

export const start = 1_700_000_000

/** A clock that tests set, in seconds. `now` is the option, in milliseconds. */
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

/** Decodes a signed token without verifying it. */
export function decode(token: string): { readonly header: unknown; readonly claims: Record<string, unknown> } {
  const [header = '', claims = ''] = token.split('.')
  const parse = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
  return { header: parse(header), claims: parse(claims) as Record<string, unknown> }
}
