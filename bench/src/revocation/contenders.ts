import { randomUUID } from 'node:crypto'
import { createAuth } from '@claimcheck/core'
import { createRevocations } from '@claimcheck/core/revocation'
import type { AuthOptions, Revoker } from '@claimcheck/core'
import type { TokenCache } from '../cache/token-cache.ts'
import type { Terms } from '../tokens/issuer.ts'

/** The claims by which a token can be revoked. */
export interface RevocableClaims {
  readonly iss: string
  readonly sub: string
  readonly sid: string
  readonly jti: string
  readonly iat: number
  readonly exp: number
}

/** An Auth that caches tokens, with one function for each way to revoke one: by token, by session, by subject. */
export interface RevocableAuth extends TokenCache {
  readonly revoke: readonly ((claims: RevocableClaims) => Promise<void> | void)[]
}

/** Creates an Auth with this many active revocations. None of them matches a measured token. */
type CreateRevocableAuth = (terms: Terms, active: number) => Promise<RevocableAuth>

/** The contenders by their names in the figures. */
export const contenders = {
  'no list': async (terms) => createBenchAuth(terms, {}, []),
  'an empty list': async (terms) => createWithList(terms, 0, everyMethod),
  'a list of tokens': async (terms, active) => createWithList(terms, active, [byToken]),
  'a list of tokens, sessions and subjects': async (terms, active) => createWithList(terms, active, everyMethod),
  '`Set.has` in `isRevoked`': createWithSet,
} as const satisfies Readonly<Record<string, CreateRevocableAuth>>

export type ContenderName = keyof typeof contenders

export const contenderNames = Object.keys(contenders) as ContenderName[]

type RevokeMethod = (list: Revoker, claims: RevocableClaims) => Promise<void>

const byToken: RevokeMethod = (list, { iss, jti, exp }) => list.revokeToken({ issuer: iss, jti, until: exp })
const bySession: RevokeMethod = (list, { iss, sid, exp }) => list.revokeSession({ issuer: iss, sid, until: exp })
const bySubject: RevokeMethod = (list, { iss, sub, iat }) => list.revokeSubject({ issuer: iss, sub, issuedBefore: iat })
const everyMethod = [byToken, bySession, bySubject]

/** Fills a list with active revocations of other callers, by each of the methods in turn. */
async function createWithList(terms: Terms, active: number, methods: readonly RevokeMethod[]): Promise<RevocableAuth> {
  const list = createRevocations({ max: active + everyMethod.length })
  for (let index = 0; index < active; index++) await methods[index % methods.length]?.(list, otherCaller(terms, index))
  const revoke = everyMethod.map((method) => (claims: RevocableClaims) => method(list, claims))
  return createBenchAuth(terms, { revocation: list }, revoke)
}

/** What users write without a list. It has no sessions and no subjects, and its entries never expire. */
async function createWithSet(terms: Terms, active: number): Promise<RevocableAuth> {
  const revoked = new Set<unknown>(Array.from({ length: active }, () => randomUUID()))
  const isRevoked: AuthOptions['isRevoked'] = ({ claims }) => revoked.has(claims.jti)
  return createBenchAuth(terms, { isRevoked }, [({ jti }) => void revoked.add(jti)])
}

/** As in README.md, with the default cache. The contenders differ only in how they look up revocations. */
function createBenchAuth(
  { issuer, audience, key }: Terms,
  revocation: Pick<AuthOptions, 'revocation' | 'isRevoked'>,
  revoke: RevocableAuth['revoke'],
): RevocableAuth {
  if (!('secret' in key)) throw new Error('This bench uses a secret')
  const auth = createAuth({ issuer, audience, keys: { secret: key.secret }, ...revocation })
  return { isAsync: true, add: auth.verifyToken, perform: auth.verifyToken, revoke }
}

function otherCaller({ issuer }: Terms, index: number): RevocableClaims {
  const now = Math.floor(Date.now() / 1000)
  return { iss: issuer, sub: `other-${index}`, sid: randomUUID(), jti: randomUUID(), iat: now, exp: now + 86_400 }
}
