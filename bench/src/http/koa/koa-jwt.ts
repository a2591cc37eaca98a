import koaJwt from 'koa-jwt'
import { keyTextOf } from '../contender.ts'
import type { MakeServer } from '../contender.ts'
import { serveKoa } from './serve-koa.ts'

/** As in its README, which takes keys as text or bytes alone. */
export const serveKoaJwt: MakeServer = async (terms, onHandled) => {
  const { issuer, audience, algorithm } = terms
  const middleware = koaJwt({ secret: keyTextOf(terms), issuer, audience, algorithms: [algorithm] })
  return serveKoa({ middleware, subjectOf: (ctx) => (ctx.state['user'] as { readonly sub: string }).sub }, onHandled)
}
