// Each contender imports its package only when it is created, so that a process loads no other.
import type { Express } from 'express'
import type { GetVerificationKey } from 'express-jwt'
import type { DispatchFunc } from 'light-my-request'
import { versionOf } from '../lib/figures.ts'

/** What a protected API does with a token: accepts it, responds with an error, or fails with an error that has no status. */
export type Outcome = 'ok' | { readonly status: number } | { readonly reason: string }

/** The issuer and the audience of the tokens. */
export interface TokenTerms {
  readonly issuer: string
  readonly audience: string
}

/** A protected API without a socket. */
export interface Api {
  verify(token: string): Promise<Outcome>
  close(): void | Promise<void>
}

/** A running library, set up as its documentation describes. */
export interface Contender extends Api {
  readonly name: string
  /** Its packages, each with its version. */
  readonly versions: readonly string[]
}

/** The packages of a contender, and how it is set up. */
export interface Entry {
  readonly packages: readonly string[]
  readonly create: (terms: TokenTerms) => Promise<Api>
}

/** The contenders by their names in the figures. */
export const contenders = {
  claimcheck: { packages: ['@claimcheck/express'], create: createClaimcheck },
  'express-oauth2-jwt-bearer': { packages: ['express-oauth2-jwt-bearer'], create: createExpressOauth2 },
  'jwks-rsa': { packages: ['jwks-rsa', 'express-jwt'], create: async (terms) => createJwksRsa(terms, {}) },
  // From its EXAMPLES.md, "Rate Limiting" with the default limit, and "Graceful Degradation during … Downtime".
  'jwks-rsa, guarded': {
    packages: ['jwks-rsa', 'express-jwt'],
    create: async (terms) =>
      createJwksRsa(terms, { rateLimit: true, jwksRequestsPerMinute: 10, cacheMaxAgeFallback: 3_600_000 }),
  },
  'get-jwks': { packages: ['get-jwks', '@fastify/jwt'], create: createGetJwks },
  'hono jwk': { packages: ['hono'], create: createHonoJwk },
  'jose createRemoteJWKSet': { packages: ['jose'], create: createJose },
} as const satisfies Readonly<Record<string, Entry>>

export type ContenderName = keyof typeof contenders

export const contenderNames = Object.keys(contenders) as ContenderName[]

export async function createContender(name: ContenderName, terms: TokenTerms): Promise<Contender> {
  return createFrom(name, contenders[name], terms)
}

export async function createFrom(name: string, entry: Entry, terms: TokenTerms): Promise<Contender> {
  const versions = entry.packages.map((each) => versionOf(each))
  return { name, versions, ...(await entry.create(terms)) }
}

/** As in README.md: an issuer and an audience. The keys are discovered. */
async function createClaimcheck({ issuer, audience }: TokenTerms): Promise<Api> {
  const { jwtAuth } = await import('@claimcheck/express')
  return expressApi((app) => app.use(jwtAuth({ issuer, audience })))
}

/** As in its README, "Library Initialization": an issuer and an audience, with the default cache and cooldown. */
async function createExpressOauth2({ issuer, audience }: TokenTerms): Promise<Api> {
  const { auth } = await import('express-oauth2-jwt-bearer')
  return expressApi((app) => app.use(auth({ issuerBaseURL: issuer, audience })))
}

/** As in its Express example, behind express-jwt: with the defaults of its README, or with every protection it documents. */
export async function createJwksRsa({ issuer, audience }: TokenTerms, protections: object): Promise<Api> {
  const { expressjwt } = await import('express-jwt')
  const { default: jwksRsa } = await import('jwks-rsa')
  const secret = jwksRsa.expressJwtSecret({ jwksUri: `${issuer}/.well-known/jwks.json`, ...protections })
  const options = { secret: secret as GetVerificationKey, issuer, audience, algorithms: ['RS256' as const] }
  return expressApi((app) => app.use(expressjwt(options)))
}

/** An Express app with a route behind the contender, called without a socket. */
export async function expressApi(protect: (app: Express) => unknown): Promise<Api> {
  const { default: express } = await import('express')
  const { default: inject } = await import('light-my-request')
  const app = express()
  protect(app)
  app.get('/', (_req, res) => {
    res.json({ hello: 'caller' })
  })
  // Express accepts the requests and responses of light-my-request, which imitate those of Node.
  const dispatch = app as unknown as DispatchFunc
  return {
    verify: async (token) => toOutcome((await inject(dispatch, { url: '/', headers: bearer(token) })).statusCode),
    close: () => undefined,
  }
}

/** The token that `decode: { complete: true }` returns. */
interface DecodedToken {
  readonly header: { readonly kid: string; readonly alg: string }
  readonly payload: { readonly iss: string }
}

/** As in its README, "@fastify/jwt", with the list of issuers from its "Options". */
async function createGetJwks({ issuer, audience }: TokenTerms): Promise<Api> {
  const { default: fastifyJwt } = await import('@fastify/jwt')
  const { default: Fastify } = await import('fastify')
  const { default: buildGetJwks } = await import('get-jwks')
  const getJwks = buildGetJwks({ issuersWhitelist: [issuer] })
  const app = Fastify()
  void app.register(fastifyJwt, {
    decode: { complete: true },
    verify: { allowedIss: issuer, allowedAud: audience },
    secret: (_request, token, callback) => {
      const { header, payload } = token as unknown as DecodedToken
      getJwks.getPublicKey({ kid: header.kid, alg: header.alg, domain: payload.iss }).then(
        (key) => callback(null, key),
        (error: Error) => callback(error, undefined),
      )
    },
  })
  app.addHook('onRequest', async (request) => {
    await request.jwtVerify()
  })
  app.get('/', async () => ({ hello: 'caller' }))
  return {
    verify: async (token) => toOutcome((await app.inject({ url: '/', headers: bearer(token) })).statusCode),
    close: () => app.close(),
  }
}

/** As on its page "JWK Auth Middleware": a `jwks_uri`, the algorithms, and the claims to verify. */
async function createHonoJwk({ issuer, audience }: TokenTerms): Promise<Api> {
  const { Hono } = await import('hono')
  const { jwk } = await import('hono/jwk')
  const app = new Hono()
  const verification = { iss: issuer, aud: audience }
  app.use('/', jwk({ jwks_uri: `${issuer}/.well-known/jwks.json`, alg: ['RS256'], verification }))
  app.get('/', (context) => context.json({ hello: 'caller' }))
  return {
    verify: async (token) => toOutcome((await app.request('/', { headers: bearer(token) })).status),
    close: () => undefined,
  }
}

/** As in the example of `createRemoteJWKSet`. jose sends no responses, so its error codes are used. */
async function createJose({ issuer, audience }: TokenTerms): Promise<Api> {
  const { createRemoteJWKSet, jwtVerify } = await import('jose')
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`))
  return {
    async verify(token) {
      try {
        await jwtVerify(token, keys, { issuer, audience })
        return 'ok'
      } catch (error) {
        return { reason: error instanceof Error && 'code' in error ? String(error.code) : String(error) }
      }
    },
    close: () => undefined,
  }
}

export function bearer(token: string) {
  return { authorization: `Bearer ${token}` }
}

export function toOutcome(status: number): Outcome {
  return status === 200 ? 'ok' : { status }
}
