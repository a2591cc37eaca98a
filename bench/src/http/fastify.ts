// Each contender imports its package only when its server is created, so that a process loads no other.
import type { Server } from 'node:http'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { anonymous, claimcheckOptions, createLookup, keyStringOf } from './contender.ts'
import type { Caller, HttpTerms } from './contender.ts'
import type { Contenders } from './contenders.ts'

type WithCaller = FastifyRequest & { caller?: Caller | null }

export const contenders: Contenders<'Fastify'> = {
  /** A hook that does nothing. */
  bare: (_terms, onHandled) => {
    return serve(
      { register: (app) => app.addHook('onRequest', (_request, _reply, done) => done()), subjectOf: () => anonymous },
      onHandled,
    )
  },
  /** A hook that only looks the token up. */
  ceiling: (terms, onHandled) => {
    const findCaller = createLookup(terms)
    const register = (app: FastifyInstance) => {
      app.decorateRequest('caller', null)
      app.addHook('onRequest', (request: WithCaller, reply, done) => {
        const caller = findCaller(request.headers.authorization)
        if (caller === undefined) {
          void reply.code(401).send()
          return
        }
        request.caller = caller
        done()
      })
    }
    return serve({ register, subjectOf: (request: WithCaller) => request.caller?.sub }, onHandled)
  },
  /** Responds to every request with the same bytes. */
  static: (_terms, onHandled, staticResponse) => {
    const register = (app: FastifyInstance) => {
      app.addHook('onRequest', (_request, reply, _done) => {
        const { status, headers, body } = staticResponse()
        void reply.code(status).headers(headers).send(body)
      })
    }
    return serve({ register, subjectOf: () => undefined }, onHandled)
  },
  /** As in README.md. */
  claimcheck: async (terms, onHandled) => {
    const { getAuth, jwtAuth } = await import('@claimcheck/fastify')
    const options = claimcheckOptions(terms)
    return serve(
      { register: (app) => app.register(jwtAuth, options), subjectOf: (request) => getAuth(request).subject },
      onHandled,
    )
  },
  '@fastify/jwt': (terms, onHandled) => serveFastifyJwt(terms, onHandled, {}),
  /** `cache: true` of its `verify` options, which caches 1,000 tokens. */
  '@fastify/jwt, cache on': (terms, onHandled) => serveFastifyJwt(terms, onHandled, { cache: true }),
}

/** As in its README: a hook on the scope that calls `jwtVerify`, with the key in advance and not as a function. */
async function serveFastifyJwt(terms: HttpTerms, onHandled: () => void, cache: { readonly cache?: boolean }) {
  const { default: fastifyJwt } = await import('@fastify/jwt')
  const { issuer, audience, algorithm, key } = terms
  const verify = { allowedIss: issuer, allowedAud: audience, algorithms: [algorithm], ...cache }
  const register = async (app: FastifyInstance) => {
    const keyString = keyStringOf(terms)
    const secret = 'secret' in key ? keyString : { public: keyString, private: '' }
    await app.register(fastifyJwt, { secret, verify })
    app.addHook('onRequest', async (request) => {
      await request.jwtVerify()
    })
  }
  return serve({ register, subjectOf: (request) => (request.user as Caller).sub }, onHandled)
}

/** What is registered before the route, and how the route finds the caller. */
interface FastifyContender {
  readonly register: (app: FastifyInstance) => unknown
  readonly subjectOf: (request: FastifyRequest) => unknown
}

async function serve({ register, subjectOf }: FastifyContender, onHandled: () => void): Promise<Server> {
  const app = Fastify()
  await register(app)
  app.get('/', async (request) => {
    onHandled()
    return { hello: subjectOf(request) }
  })
  await app.ready()
  return app.server
}
