import { createPublicKey, createSecretKey } from 'node:crypto'
import { expressjwt } from 'express-jwt'
import type { Request } from 'express-jwt'
import type { MakeServer } from '../contender.ts'
import { serveExpress } from './serve-express.ts'

/** A KeyObject, which its type of a secret takes: of text, jsonwebtoken would make one for each request. */
export const serveExpressJwt: MakeServer = async ({ issuer, audience, algorithm, key }, onHandled) => {
  const secret = 'secret' in key ? createSecretKey(Buffer.from(key.secret)) : createPublicKey(key.publicKey)
  const middleware = expressjwt({ secret, issuer, audience, algorithms: known(algorithm) })
  return serveExpress({ middleware, subjectOf: (request: Request) => request.auth?.sub }, onHandled)
}

function known(algorithm: string): ('HS256' | 'RS256')[] {
  return [algorithm === 'HS256' ? 'HS256' : 'RS256']
}
