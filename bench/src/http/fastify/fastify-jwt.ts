import fastifyJwt from '@fastify/jwt'
import type { FastifyRequest } from 'fastify'
import { keyTextOf } from '../contender.ts'
import type { HttpTerms, MakeServer } from '../contender.ts'
import { serveFastify } from './serve-fastify.ts'

/** As in its README: a hook on the scope that calls `jwtVerify`, which takes the key ahead and no function. */
export const serveFastifyJwt: MakeServer = (terms, onHandled) => serve(terms, onHandled, {})

/** `cache: true` of its `verify` options, which holds 1,000 tokens. */
export const serveFastifyJwtCached: MakeServer = (terms, onHandled) => serve(terms, onHandled, { cache: true })

function serve(terms: HttpTerms, onHandled: () => void, more: { readonly cache?: boolean }) {
  const { issuer, audience, algorithm, key } = terms
  const verify = { allowedIss: issuer, allowedAud: audience, algorithms: [algorithm], ...more }
  return serveFastify(
    {
      register: async (app) => {
        const text = keyTextOf(terms)
        await app.register(fastifyJwt, { secret: 'secret' in key ? text : { public: text, private: '' }, verify })
        app.addHook('onRequest', async (request) => {
          await request.jwtVerify()
        })
      },
      subjectOf: (request: FastifyRequest) => (request.user as { readonly sub: string }).sub,
    },
    onHandled,
  )
}
