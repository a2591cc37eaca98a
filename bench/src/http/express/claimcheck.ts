import { getAuth, jwtAuth } from '@claimcheck/express'
import { claimcheckOptions } from '../claimcheck-options.ts'
import type { MakeServer } from '../contender.ts'
import { serveExpress } from './serve-express.ts'

/** As in README.md. */
export const serveClaimcheck: MakeServer = async (terms, onHandled) => {
  const middleware = jwtAuth(claimcheckOptions(terms))
  return serveExpress({ middleware, subjectOf: (request) => getAuth(request).subject }, onHandled)
}
