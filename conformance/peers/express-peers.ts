import express from 'express'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import type { GetVerificationKey } from 'express-jwt'
import type { JWK } from 'jose'
import { claimcheckOptions, jsonwebtokenOptions, onlySecret } from './peer-options.ts'
import type { Peer, PeerTerms } from './peer.ts'

/** The packages for Express, each in the way of its README; public keys come from a JWK Set on the network. */
export const expressPeers: readonly Peer[] = [
  {
    name: '@claimcheck/express',
    package: '@claimcheck/express',
    with: ['jose'],
    readsSecretJwks: false,
    create: async (terms, onHandled) => {
      const { jwtAuth } = await import('@claimcheck/express')
      return protect(jwtAuth(claimcheckOptions(terms)), onHandled)
    },
  },
  {
    name: 'jose by hand',
    package: 'jose',
    with: [],
    readsSecretJwks: true,
    create: async (terms, onHandled) => protectIfSupported(await joseByHand(terms), onHandled),
  },
  {
    name: 'express-jwt',
    package: 'express-jwt',
    with: ['jsonwebtoken', 'jwks-rsa'],
    readsSecretJwks: false,
    create: async (terms, onHandled) => protectIfSupported(await expressJwt(terms), onHandled),
  },
  {
    name: 'passport-jwt',
    package: 'passport-jwt',
    with: ['jsonwebtoken', 'jwks-rsa'],
    readsSecretJwks: false,
    create: async (terms, onHandled) => protectIfSupported(await passportJwt(terms), onHandled),
  },
  {
    name: 'express-oauth2-jwt-bearer',
    package: 'express-oauth2-jwt-bearer',
    with: ['jose'],
    readsSecretJwks: false,
    create: async (terms, onHandled) => protectIfSupported(await expressOauth2(terms), onHandled),
  },
]

/** The middleware that many applications write with `jwtVerify`: one key or key set, and 401 for every error. */
async function joseByHand(terms: PeerTerms): Promise<RequestHandler | null> {
  const { createRemoteJWKSet, jwtVerify } = await import('jose')
  const { keys, issuer, audience, clockToleranceSeconds } = terms
  const [secret, ...moreSecrets] = 'secrets' in keys ? keys.secrets : []
  if (moreSecrets.length > 0) return null
  const published = 'jwksUrl' in keys ? createRemoteJWKSet(new URL(keys.jwksUrl)) : null
  const options = {
    issuer,
    audience,
    algorithms: [...terms.algorithms],
    clockTolerance: clockToleranceSeconds,
    ...(terms.typ === null ? {} : { typ: terms.typ }),
  }
  return async (request, response, next) => {
    const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ')
    try {
      if (scheme?.toLowerCase() !== 'bearer') throw new Error('The request has no token')
      if (published !== null) await jwtVerify(token, published, options)
      else await jwtVerify(token, secret as JWK, options)
    } catch {
      response.sendStatus(401)
      return
    }
    next()
  }
}

/** With the key function of jwks-rsa for Express. */
async function expressJwt(terms: PeerTerms): Promise<RequestHandler | null> {
  const { expressjwt } = await import('express-jwt')
  const { default: jwksRsa } = await import('jwks-rsa')
  const { keys } = terms
  const secret =
    'jwksUrl' in keys ? (jwksRsa.expressJwtSecret({ jwksUri: keys.jwksUrl }) as GetVerificationKey) : onlySecret(terms)
  return secret === null ? null : expressjwt({ secret, ...jsonwebtokenOptions(terms) })
}

/** Without a session; with the key function of jwks-rsa for Passport. */
async function passportJwt(terms: PeerTerms): Promise<RequestHandler | null> {
  const { default: passport } = await import('passport')
  const { ExtractJwt, Strategy } = await import('passport-jwt')
  const { default: jwksRsa } = await import('jwks-rsa')
  const { keys } = terms
  const secret = onlySecret(terms)
  if ('secrets' in keys && secret === null) return null
  const key =
    'jwksUrl' in keys
      ? { secretOrKeyProvider: jwksRsa.passportJwtSecret({ jwksUri: keys.jwksUrl }) }
      : { secretOrKey: secret ?? '' }
  const { clockTolerance, ...options } = jsonwebtokenOptions(terms)
  const jwtFromRequest = ExtractJwt.fromAuthHeaderAsBearerToken()
  const instance = new passport.Passport()
  instance.use(
    new Strategy(
      { jwtFromRequest, ...key, ...options, jsonWebTokenOptions: { clockTolerance } },
      (payload: object, done) => done(null, payload),
    ),
  )
  return instance.authenticate('jwt', { session: false }) as RequestHandler
}

/** Its `secret` is a string, which is read as UTF-8, so it cannot take secrets of arbitrary bytes. */
async function expressOauth2({ keys, algorithms, ...terms }: PeerTerms): Promise<RequestHandler | null> {
  if ('secrets' in keys) return null
  const { auth } = await import('express-oauth2-jwt-bearer')
  const { issuer, audience, clockToleranceSeconds: clockTolerance } = terms
  // It takes one algorithm or none, and then accepts all asymmetric ones.
  const [tokenSigningAlg, ...others] = algorithms
  const algorithm = tokenSigningAlg === undefined || others.length > 0 ? {} : { tokenSigningAlg }
  return auth({ jwksUri: keys.jwksUrl, issuer, audience, clockTolerance, ...algorithm })
}

function protectIfSupported(middleware: RequestHandler | null, onHandled: () => void) {
  return middleware === null ? null : protect(middleware, onHandled)
}

function protect(middleware: RequestHandler, onHandled: () => void) {
  const app = express()
  app.use(middleware)
  app.use((_request, response) => {
    onHandled()
    response.json({})
  })
  app.use(sendError)
  return app
}

/** The error handler of the READMEs: the status of the error. Express itself would print a stack trace, too. */
const sendError: ErrorRequestHandler = (error: { readonly status?: number }, _request, response, _next) => {
  response.sendStatus(error.status ?? 500)
}
