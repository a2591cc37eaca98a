import express from 'express'
import { expressjwt } from 'express-jwt'
import type { GetVerificationKey } from 'express-jwt'
import jwksRsa from 'jwks-rsa'
import type { TokenTerms } from '../contender.ts'
import { askExpress } from './ask-express.ts'

/** From its EXAMPLES.md, "Rate Limiting" with the default limit, and "Graceful Degradation during … Downtime". */
const guards = { rateLimit: true, jwksRequestsPerMinute: 10, cacheMaxAgeFallback: 3_600_000 }

/** As in its Express example, behind express-jwt: with the defaults of its README, or with all guards it documents. */
export function makeJwksRsa({ issuer, audience }: TokenTerms, setup: 'defaults' | 'guarded') {
  const secret = jwksRsa.expressJwtSecret({
    jwksUri: `${issuer}/.well-known/jwks.json`,
    ...(setup === 'guarded' ? guards : {}),
  })
  const app = express()
  app.use(expressjwt({ secret: secret as GetVerificationKey, issuer, audience, algorithms: ['RS256'] }))
  return askExpress(app)
}
