import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import type { Hono } from 'hono'
import Koa from 'koa'
import type { Middleware } from 'koa'
import { claimcheckOptions, jsonwebtokenOptions, onlySecret } from './peer-options.ts'
import { secretBytes } from '../standards/published-keys.ts'
import type { Peer, PeerTerms } from './peer.ts'

/** The packages for Fastify, Koa and Hono, each in the way of its README; public keys come from a JWK Set. */
export const otherPeers: readonly Peer[] = [
  {
    name: '@claimcheck/fastify',
    package: '@claimcheck/fastify',
    with: ['jose'],
    readsSecretJwks: false,
    create: async (terms, onHandled) => {
      const { jwtAuth } = await import('@claimcheck/fastify')
      return serveFastify((app) => app.register(jwtAuth, claimcheckOptions(terms)), onHandled)
    },
  },
  {
    name: '@fastify/jwt',
    package: '@fastify/jwt',
    with: ['fast-jwt', 'get-jwks'],
    readsSecretJwks: false,
    create: async (terms, onHandled) => {
      const plugin = await fastifyJwt(terms)
      return plugin === null ? null : serveFastify(plugin, onHandled)
    },
  },
  {
    name: '@claimcheck/koa',
    package: '@claimcheck/koa',
    with: ['jose'],
    readsSecretJwks: false,
    create: async (terms, onHandled) => {
      const { jwtAuth } = await import('@claimcheck/koa')
      return serveKoa(jwtAuth(claimcheckOptions(terms)), onHandled)
    },
  },
  {
    name: 'koa-jwt',
    package: 'koa-jwt',
    with: ['jsonwebtoken', 'jwks-rsa'],
    readsSecretJwks: false,
    create: async (terms, onHandled) => serveKoa(await koaJwt(terms), onHandled),
  },
  { name: 'hono jwt/jwk', package: 'hono', with: [], readsSecretJwks: true, create: serveHono },
]

/** The token that `decode: { complete: true }` returns. */
interface DecodedToken {
  readonly header: { readonly kid: string; readonly alg: string }
}

/** With get-jwks for public keys, which reads the set at the well-known path of a domain. */
async function fastifyJwt(terms: PeerTerms): Promise<((app: FastifyInstance) => unknown) | null> {
  const { default: plugin } = await import('@fastify/jwt')
  const { default: buildGetJwks } = await import('get-jwks')
  const { issuer, audience, algorithms, keys, clockToleranceSeconds } = terms
  const secret = onlySecret(terms)
  if ('secrets' in keys && secret === null) return null
  const verify = {
    allowedIss: issuer,
    allowedAud: audience,
    algorithms: algorithms as 'RS256'[],
    clockTolerance: clockToleranceSeconds * 1000,
  }
  return (app) => {
    if ('secrets' in keys) void app.register(plugin, { secret: secret ?? '', verify })
    else {
      const getJwks = buildGetJwks()
      const domain = keys.jwksUrl.replace('.well-known/jwks.json', '')
      void app.register(plugin, {
        decode: { complete: true },
        verify,
        secret: (_request, token, callback) => {
          const { kid, alg } = (token as unknown as DecodedToken).header
          getJwks.getPublicKey({ kid, alg, domain }).then(
            (key) => callback(null, key),
            (error: Error) => callback(error, undefined),
          )
        },
      })
    }
    app.addHook('onRequest', async (request) => {
      await request.jwtVerify()
    })
  }
}

async function serveFastify(
  protect: (app: FastifyInstance) => unknown,
  onHandled: () => void,
): Promise<RequestListener> {
  const app = Fastify()
  void protect(app)
  app.get('/', async () => {
    onHandled()
    return {}
  })
  await app.ready()
  return (request, response) => app.routing(request, response)
}

/** It takes several secrets and tries each; with the key function of jwks-rsa for Koa. */
async function koaJwt(terms: PeerTerms): Promise<Middleware> {
  const { default: jwt } = await import('koa-jwt')
  const { default: jwksRsa } = await import('jwks-rsa')
  const { keys } = terms
  const secret =
    'jwksUrl' in keys
      ? jwksRsa.koaJwtSecret({ jwksUri: keys.jwksUrl })
      : keys.secrets.map((jwk) => Buffer.from(secretBytes(jwk)))
  return jwt({ secret, ...jsonwebtokenOptions(terms) })
}

function serveKoa(middleware: Middleware, onHandled: () => void): RequestListener {
  const app = new Koa()
  app.silent = true
  app.use(middleware)
  app.use((context) => {
    onHandled()
    context.body = {}
  })
  const handle = app.callback()
  return (request, response) => void handle(request, response)
}

/** hono/jwt for a secret, hono/jwk for a JWK Set. */
async function serveHono(terms: PeerTerms, onHandled: () => void): Promise<RequestListener | null> {
  const { Hono: App } = await import('hono')
  const { HTTPException } = await import('hono/http-exception')
  const { jwk } = await import('hono/jwk')
  const { jwt } = await import('hono/jwt')
  const { keys, issuer, audience, algorithms, typ } = terms
  const verification = { iss: issuer, aud: audience, ...(typ === null ? {} : { typ }) }
  const [algorithm, ...others] = algorithms
  const app = new App()
  if ('jwksUrl' in keys) {
    app.use('/', jwk({ jwks_uri: keys.jwksUrl, alg: algorithms as 'RS256'[], verification }))
  } else {
    const [secret, ...moreSecrets] = keys.secrets
    if (secret === undefined || moreSecrets.length > 0 || others.length > 0) return null
    app.use('/', jwt({ secret, alg: algorithm as 'HS256', verification }))
  }
  app.get('/', (context) => {
    onHandled()
    return context.json({})
  })
  // The default of Hono, which also prints the error.
  app.onError((error) => (error instanceof HTTPException ? error.getResponse() : new Response('', { status: 500 })))
  return (request, response) => void respond(app, request, response)
}

/** Passes a request of Node to an app that speaks `Request` and `Response`. */
async function respond(app: Hono, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = Object.entries(request.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  )
  const result = await app.fetch(new Request(`http://${request.headers.host}${request.url}`, { headers }))
  response.writeHead(result.status, Object.fromEntries(result.headers)).end(await result.text())
}
