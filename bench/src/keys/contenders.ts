import { versionOf } from '../version-of.ts'
import type { Contender, TokenTerms } from './contender.ts'

/** The packages whose versions tell which contender it was, and how it is made: its code is loaded only then. */
interface Entry {
  readonly packages: readonly string[]
  readonly make: (terms: TokenTerms) => Promise<Omit<Contender, 'name' | 'versions'>>
}

/** By the names that the figures go by. */
const contenders = {
  claimcheck: {
    packages: ['@claimcheck/express'],
    make: async (terms) => (await import('./contenders/claimcheck.ts')).makeClaimcheck(terms),
  },
  'express-oauth2-jwt-bearer': {
    packages: ['express-oauth2-jwt-bearer'],
    make: async (terms) => (await import('./contenders/express-oauth2-jwt-bearer.ts')).makeExpressOauth2(terms),
  },
  'jwks-rsa': {
    packages: ['jwks-rsa', 'express-jwt'],
    make: async (terms) => (await import('./contenders/jwks-rsa.ts')).makeJwksRsa(terms, 'defaults'),
  },
  'jwks-rsa, guarded': {
    packages: ['jwks-rsa', 'express-jwt'],
    make: async (terms) => (await import('./contenders/jwks-rsa.ts')).makeJwksRsa(terms, 'guarded'),
  },
  'get-jwks': {
    packages: ['get-jwks', '@fastify/jwt'],
    make: async (terms) => (await import('./contenders/get-jwks.ts')).makeGetJwks(terms),
  },
  'hono jwk': {
    packages: ['hono'],
    make: async (terms) => (await import('./contenders/hono-jwk.ts')).makeHonoJwk(terms),
  },
  'jose createRemoteJWKSet': {
    packages: ['jose'],
    make: async (terms) => (await import('./contenders/jose.ts')).makeJose(terms),
  },
} as const satisfies Readonly<Record<string, Entry>>

export type ContenderName = keyof typeof contenders

export const contenderNames = Object.keys(contenders) as ContenderName[]

/** Makes a contender, for an issuer's tokens. */
export async function makeContender(name: ContenderName, terms: TokenTerms): Promise<Contender> {
  const entry: Entry = contenders[name]
  const versions = entry.packages.map((each) => versionOf(each))
  return { name, versions, ...(await entry.make(terms)) }
}
