// Each package imports its modules only when it is created, so that a process loads no other.
import type { Express, Request } from 'express'
import { toResourceInput } from '../http/express-compared.ts'
import { bearer, contenders, createJwksRsa, expressApi, toOutcome } from '../keys/contenders.ts'
import type { Api, Entry, TokenTerms } from '../keys/contenders.ts'

/** As in the examples of jwks-rsa, folders `express-demo` and `koa-demo`. */
const twoFetchesPerMinute = { cache: true, rateLimit: true, jwksRequestsPerMinute: 2 }
/** As in the folder `passport-demo`. */
const fiveFetchesPerMinute = { cache: true, rateLimit: true, jwksRequestsPerMinute: 5 }

/**
 * How each package that reads bearer tokens fetches the keys of a provider: by itself, or with the package that its
 * documentation names.
 */
export const keyClients = {
  claimcheck: contenders.claimcheck,
  'express-oauth2-jwt-bearer': contenders['express-oauth2-jwt-bearer'],
  'express-jwt': {
    packages: ['express-jwt', 'jwks-rsa'],
    create: async (terms) => createJwksRsa(terms, twoFetchesPerMinute),
  },
  // The same with the option that EXAMPLES.md describes under "Graceful Degradation during JWKS Endpoint Downtime".
  'express-jwt, cacheMaxAgeFallback': {
    packages: ['express-jwt', 'jwks-rsa'],
    create: async (terms) => createJwksRsa(terms, { ...twoFetchesPerMinute, cacheMaxAgeFallback: 3_600_000 }),
  },
  'passport-jwt': { packages: ['passport-jwt', 'jwks-rsa'], create: createPassportJwt },
  '@fastify/jwt': contenders['get-jwks'],
  'koa-jwt': { packages: ['koa-jwt', 'jwks-rsa'], create: createKoaJwt },
  'hono/jwt': contenders['hono jwk'],
  'jose by hand': contenders['jose createRemoteJWKSet'],
  'better-auth': { packages: ['better-auth'], create: createBetterAuth },
} as const satisfies Readonly<Record<string, Entry>>

export type KeyClientName = keyof typeof keyClients

export const keyClientNames = Object.keys(keyClients) as KeyClientName[]

/** As in the example `passport-demo` of jwks-rsa. */
async function createPassportJwt({ issuer, audience }: TokenTerms): Promise<Api> {
  const { default: jwksRsa } = await import('jwks-rsa')
  const { default: passport } = await import('passport')
  const { ExtractJwt, Strategy } = await import('passport-jwt')
  const instance = new passport.Passport()
  instance.use(
    new Strategy(
      {
        secretOrKeyProvider: jwksRsa.passportJwtSecret({
          ...fiveFetchesPerMinute,
          jwksUri: `${issuer}/.well-known/jwks.json`,
        }),
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        audience,
        issuer,
        algorithms: ['RS256'],
      },
      (payload: object, done) => done(null, payload),
    ),
  )
  return expressApi((app) => app.use(instance.authenticate('jwt', { session: false })))
}

/** As in the example `koa-demo` of jwks-rsa. */
async function createKoaJwt({ issuer, audience }: TokenTerms): Promise<Api> {
  const { default: jwksRsa } = await import('jwks-rsa')
  const { default: Koa } = await import('koa')
  const { default: koaJwt } = await import('koa-jwt')
  const { default: inject } = await import('light-my-request')
  const secret = jwksRsa.koaJwtSecret({ ...twoFetchesPerMinute, jwksUri: `${issuer}/.well-known/jwks.json` })
  const app = new Koa()
  app.silent = true
  app.use(koaJwt({ secret, audience, issuer, algorithms: ['RS256'] }))
  app.use((ctx) => {
    ctx.body = { hello: 'caller' }
  })
  const dispatch = app.callback()
  return {
    verify: async (token) => toOutcome((await inject(dispatch, { url: '/', headers: bearer(token) })).statusCode),
    close: () => undefined,
  }
}

/** As in its page "OAuth 2.1 Provider", "API Server". It has no middleware: Express receives the error that it throws. */
async function createBetterAuth({ issuer, audience }: TokenTerms): Promise<Api> {
  const { verifyAccessTokenRequest } = await import('better-auth/oauth2')
  const options = { verifyOptions: { issuer, audience }, jwksUrl: `${issuer}/.well-known/jwks.json` }
  return expressApi((app: Express) =>
    app.use(async (request: Request, _response, next) => {
      await verifyAccessTokenRequest(toResourceInput(request), options)
      next()
    }),
  )
}
