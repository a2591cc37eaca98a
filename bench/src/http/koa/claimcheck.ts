import { getAuth, jwtAuth } from '@claimcheck/koa'
import { claimcheckOptions } from '../claimcheck-options.ts'
import type { MakeServer } from '../contender.ts'
import { serveKoa } from './serve-koa.ts'

/** As in README.md. */
export const serveClaimcheck: MakeServer = async (terms, onHandled) => {
  const middleware = jwtAuth(claimcheckOptions(terms))
  return serveKoa({ middleware, subjectOf: (ctx) => getAuth(ctx).subject }, onHandled)
}
