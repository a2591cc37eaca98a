import { auth } from 'express-oauth2-jwt-bearer'
import type { MakeServer } from '../contender.ts'
import { serveExpress } from './serve-express.ts'

/** As in its README: the JWK Set on the network, which it caches; or, with a secret, the algorithm beside it. */
export const serveExpressOauth2: MakeServer = async ({ issuer, audience, algorithm, key, jwksUri }, onHandled) => {
  const keys = 'secret' in key ? { secret: key.secret } : { jwksUri }
  const middleware = auth({ issuer, audience, tokenSigningAlg: algorithm, ...keys })
  return serveExpress({ middleware, subjectOf: (request) => request.auth?.payload.sub }, onHandled)
}
