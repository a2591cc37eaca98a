import { getAuth, jwtAuth } from '@claimcheck/fastify'
import { claimcheckOptions } from '../claimcheck-options.ts'
import type { MakeServer } from '../contender.ts'
import { serveFastify } from './serve-fastify.ts'

/** As in README.md. */
export const serveClaimcheck: MakeServer = (terms, onHandled) => {
  const options = claimcheckOptions(terms)
  return serveFastify(
    { register: (app) => app.register(jwtAuth, options), subjectOf: (request) => getAuth(request).subject },
    onHandled,
  )
}
