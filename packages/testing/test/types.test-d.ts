import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { createAuth } from '@claimcheck/core'
import type { Auth, AuthOptions, JwtClaims } from '@claimcheck/core'
import { createTestIssuer } from '@claimcheck/testing'
import { z } from 'zod'

const issuer = createTestIssuer()

// With other options, the roles keep their names and the claims their types.
const auth: Auth<'admin' | 'editor', JwtClaims> = createAuth({
  ...issuer.options,
  roles: { admin: 'admin', editor: { claim: 'groups', includes: 'editors' } },
})
auth.hasRole('editor')
// @ts-expect-error -- a misspelt role
auth.hasRole('amdin')

export const plain: Auth<string, JwtClaims> = createAuth(issuer.options)
export const subject: Promise<string | undefined> = plain.verifyToken(issuer.token()).then(({ claims }) => claims.sub)
export const tenant: Promise<number> = createAuth({ ...issuer.options, claims: z.object({ tenant: z.number() }) })
  .verifyToken(issuer.token())
  .then(({ claims }) => claims.tenant)
export const options: AuthOptions = { ...issuer.options, isRevoked: (principal) => issuer.options.isRevoked(principal) }
export const listed = createAuth({
  issuers: [{ issuer: issuer.options.issuer, audience: issuer.options.audience, keys: issuer.options.keys, roles: {} }],
  now: issuer.now,
})

// The headers are accepted by supertest, light-my-request and fetch.
const headers = [issuer.asUser('john'), issuer.bad.expired(), issuer.bad.missing(), issuer.bad.requestMalformed()]
export const ofSupertest: IncomingHttpHeaders[] = headers
export const ofInject: (IncomingHttpHeaders | OutgoingHttpHeaders)[] = headers
export const ofFetch: RequestInit[] = headers.map((each) => ({ headers: each }))
export const token: string = issuer.asUser('john').token

// @ts-expect-error -- credentials without a token have no such property
issuer.bad.missing().token satisfies string
// @ts-expect-error -- a claim of the wrong type
issuer.token({ roles: 'admin' })
// @ts-expect-error -- only true, written out
createTestIssuer({ inProduction: process.env['CI'] === 'true' })
