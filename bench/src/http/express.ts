// Each contender imports its package only when its server is created, so that a process loads no other.
import { createPublicKey, createSecretKey } from 'node:crypto'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import express from 'express'
import type { ErrorRequestHandler, Request, RequestHandler } from 'express'
import type { Request as JwtRequest } from 'express-jwt'
import { anonymous, claimcheckOptions, createLookup, keyStringOf } from './contender.ts'
import type { Caller, CreateServer, HttpTerms } from './contender.ts'
import type { Contenders } from './contenders.ts'

interface WithCaller extends Request {
  caller?: Caller
}

export const contenders: Contenders<'Express'> = {
  /** A middleware that does nothing. */
  bare: async (terms, onHandled) => {
    return serve({ middleware: (_request, _response, next) => next(), subjectOf: () => anonymous }, terms, onHandled)
  },
  /** A middleware that only looks the token up. */
  ceiling: async (terms, onHandled) => {
    const findCaller = createLookup(terms)
    const middleware: RequestHandler = (request: WithCaller, response, next) => {
      const caller = findCaller(request.headers.authorization)
      if (caller === undefined) {
        response.sendStatus(401)
        return
      }
      request.caller = caller
      next()
    }
    return serve({ middleware, subjectOf: (request: WithCaller) => request.caller?.sub }, terms, onHandled)
  },
  /** Responds to every request with the same bytes. */
  static: async (terms, onHandled, staticResponse) => {
    const middleware: RequestHandler = (_request, response) => {
      const { status, headers, body } = staticResponse()
      response.statusCode = status
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
      response.end(body)
    }
    return serve({ middleware, subjectOf: () => undefined }, terms, onHandled)
  },
  /** As in README.md. */
  claimcheck: async (terms, onHandled) => {
    const { getAuth, jwtAuth } = await import('@claimcheck/express')
    const middleware = jwtAuth(claimcheckOptions(terms))
    return serve({ middleware, subjectOf: (request) => getAuth(request).subject }, terms, onHandled)
  },
  'express-jwt': serveExpressJwt,
  'express-oauth2-jwt-bearer': serveExpressOauth2,
  'passport-jwt': servePassportJwt,
}

/** With a KeyObject, which its types allow: jsonwebtoken would create one from a string for each request. */
async function serveExpressJwt(terms: HttpTerms, onHandled: OnHandled) {
  const { issuer, audience, algorithm, key } = terms
  const { expressjwt } = await import('express-jwt')
  const secret = 'secret' in key ? createSecretKey(Buffer.from(key.secret)) : createPublicKey(key.publicKey)
  const middleware = expressjwt({ secret, issuer, audience, algorithms: [algorithmName(algorithm)] })
  return serve({ middleware, subjectOf: (request: JwtRequest) => request.auth?.sub }, terms, onHandled)
}

/** As in its README: a JWK Set on the network, which it caches; or, with a secret, the algorithm as well. */
async function serveExpressOauth2(terms: HttpTerms, onHandled: OnHandled) {
  const { auth } = await import('express-oauth2-jwt-bearer')
  const { issuer, audience, algorithm, key, jwksUri } = terms
  const keys = 'secret' in key ? { secret: key.secret } : { jwksUri }
  const middleware = auth({ issuer, audience, tokenSigningAlg: algorithm, ...keys })
  return serve({ middleware, subjectOf: (request) => request.auth?.payload.sub }, terms, onHandled)
}

/** As in its README, which describes keys as strings or bytes only; without a session. */
async function servePassportJwt(terms: HttpTerms, onHandled: OnHandled) {
  const { default: passport } = await import('passport')
  const { ExtractJwt, Strategy } = await import('passport-jwt')
  const { issuer, audience, algorithm } = terms
  const instance = new passport.Passport()
  instance.use(
    new Strategy(
      {
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKey: keyStringOf(terms),
        issuer,
        audience,
        algorithms: [algorithmName(algorithm)],
      },
      (payload: Caller, done) => done(null, payload),
    ),
  )
  const middleware = instance.authenticate('jwt', { session: false })
  return serve({ middleware, subjectOf: (request) => (request.user as Caller).sub }, terms, onHandled)
}

export type OnHandled = Parameters<CreateServer>[1]

/** The middleware before the route, and how the route finds the caller. */
export interface ExpressContender {
  readonly middleware: RequestHandler
  readonly subjectOf: (request: Request) => unknown
}

export function serve(
  { middleware, subjectOf }: ExpressContender,
  { frameworkSendsErrors = false }: HttpTerms,
  onHandled: OnHandled,
): Server {
  const app = express()
  app.use(middleware)
  app.get('/', (request, response) => {
    onHandled()
    response.json({ hello: subjectOf(request) })
  })
  if (!frameworkSendsErrors) app.use(sendError)
  return createServer(app)
}

/** The error handler of the peers' documentation. Express itself would print a stack trace for each error. */
const sendError: ErrorRequestHandler = (error: SentError, _request, response, _next) => {
  // The `status` of an error of better-auth is a word.
  const status = typeof error.status === 'number' ? error.status : error.statusCode
  response
    .status(status ?? 500)
    .set({ ...error.headers })
    .json({ message: 'Unauthorized' })
}

interface SentError {
  readonly status?: unknown
  readonly statusCode?: number
  readonly headers?: object
}

function algorithmName(algorithm: string): 'HS256' | 'RS256' {
  return algorithm === 'HS256' ? 'HS256' : 'RS256'
}
