import express from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import type { TokenTerms } from '../contender.ts'
import { askExpress } from './ask-express.ts'

/** As in its README, "Library Initialization": an issuer and an audience; its cache and cooldown are its defaults. */
export function makeExpressOauth2({ issuer, audience }: TokenTerms) {
  const app = express()
  app.use(auth({ issuerBaseURL: issuer, audience }))
  return askExpress(app)
}
