import { jwtAuth } from '@claimcheck/express'
import express from 'express'
import type { TokenTerms } from '../contender.ts'
import { askExpress } from './ask-express.ts'

/** As in README.md: an issuer and an audience; the keys are found by discovery. */
export function makeClaimcheck({ issuer, audience }: TokenTerms) {
  const app = express()
  app.use(jwtAuth({ issuer, audience }))
  return askExpress(app)
}
