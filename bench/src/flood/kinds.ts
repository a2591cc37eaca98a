import { randomBytes } from 'node:crypto'
import type { Issuer } from '../tokens/issuer.ts'
import { claimsOf, expired, wronglySigned } from '../tokens/bench-tokens.ts'

/** What is wrong with the tokens of a flood. */
export const kinds = ['malformed', 'expired', 'wrongly signed', 'unknown kid', '8 kB of junk'] as const
export type Kind = (typeof kinds)[number]

/** Makes the bad token of that number. */
export const makeBad: Readonly<Record<Kind, (issuer: Issuer, index: number) => string>> = {
  malformed: (issuer, index) => {
    const [header, payload = '', signature] = issuer.sign(claimsOf(issuer, index)).split('.')
    // A whole number of bytes, so that the JSON breaks off and the encoding does not.
    return [header, payload.slice(0, -(4 + (payload.length % 4))), signature].join('.')
  },
  expired,
  'wrongly signed': (issuer, index) => wronglySigned(issuer, index),
  'unknown kid': (issuer, index) => wronglySigned(issuer, index, `made-up-${index}`),
  '8 kB of junk': () => {
    const junk = randomBytes(6000).toString('base64url')
    return `${junk.slice(0, 1000)}.${junk.slice(1000, 7600)}.${junk.slice(7600)}`
  },
}
