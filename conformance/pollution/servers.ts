import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import * as ofExpress from '@claimcheck/express'
import * as ofFastify from '@claimcheck/fastify'
import * as ofKoa from '@claimcheck/koa'
import { createTestIssuer } from '@claimcheck/testing'
import express from 'express'
import Fastify from 'fastify'
import Koa from 'koa'
import { audience, hmacOptions, issuer, now, nowSeconds, goodClaims, signHmac } from '../src/hmac-issuer.ts'

/** A server of one framework, with the adapter and without it. */
export interface Framework {
  readonly name: string
  readonly serve: () => Promise<Server>
  /** Sends the same responses with the framework alone. */
  readonly serveControl: () => Promise<Server>
}

const mint = createTestIssuer({ issuer, audience, now })
const options = { ...mint.options, isRevoked: () => false }
const cookieOptions = { ...hmacOptions, tokenFrom: { cookie: 'access' } } as const

const problem = {
  'Cache-Control': 'no-store',
  'WWW-Authenticate': 'Bearer',
  'Content-Type': 'application/problem+json',
}
const body = '{"status":401}'

/** What the server without claimcheck reads of a request. If it cannot read this, no server can. */
function seen({ headers, method, url, rawHeaders }: IncomingMessage): string {
  const read = ['authorization', 'cookie', 'origin', 'sec-fetch-site', 'upgrade'].map((name) => [
    name,
    Object.hasOwn(headers, name) ? headers[name] : 'none',
  ])
  return JSON.stringify([method, url, rawHeaders.length, ...read])
}

const isAnonymous = ({ headers }: IncomingMessage) => !Object.hasOwn(headers, 'authorization')

/** The requests as they are sent. */
export function requests(all: boolean): readonly (readonly [name: string, head: string])[] {
  const bearer = (token: string) => [`Authorization: Bearer ${token}`]
  const times = { iat: nowSeconds - 60, exp: nowSeconds + 600 }
  const cookie = `Cookie: access=${signHmac(JSON.stringify(goodClaims))}`
  const few: readonly (readonly [string, string, readonly string[]])[] = [
    ['good', 'GET /me', bearer(mint.token({ ...times, roles: ['user'] }))],
    ['none', 'GET /me', []],
    ['bad', 'GET /me', bearer('word')],
    ['without the role', 'GET /admin', bearer(mint.token({ ...times, roles: ['user'] }))],
    ['cookie of another site', 'POST /cookie', [cookie, 'Origin: https://attacker.example']],
  ]
  const more: readonly (readonly [string, string, readonly string[]])[] = [
    ['expired', 'GET /me', bearer(mint.token({ exp: nowSeconds - 600 }))],
    ['unknown kid', 'GET /me', bearer(mint.token(times, { kid: 'unknown' }))],
    ['alg none', 'GET /me', bearer(mint.token(times, { alg: 'none' }))],
    ['admin', 'GET /admin', bearer(mint.token({ ...times, roles: ['admin'] }))],
    ['nobody to a guard', 'GET /optional', []],
    ['cookie', 'GET /cookie', [cookie]],
    ['cookie that acts', 'POST /cookie', [cookie, 'Sec-Fetch-Site: same-origin']],
  ]
  return [...few, ...(all ? more : [])].map(([name, line, headers]) => {
    const length = line.startsWith('POST') ? ['Content-Length: 0'] : []
    return [name, [`${line} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, ...length, '', ''].join('\r\n')]
  })
}

export const frameworks: readonly Framework[] = [
  { name: 'Express', serve: async () => listen(serveExpress()), serveControl: async () => listen(controlExpress()) },
  { name: 'Koa', serve: async () => listen(serveKoa()), serveControl: async () => listen(controlKoa()) },
  { name: 'Fastify', serve: serveFastify, serveControl: controlFastify },
]

async function listen(listener: RequestListener): Promise<Server> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function serveExpress(): RequestListener {
  const app = express().disable('x-powered-by')
  const { jwtAuth, getAuth, findAuth, requireRole } = ofExpress
  app.set('env', 'test')
  app.all('/cookie', jwtAuth(cookieOptions), (request, response) => void response.send(getAuth(request).subject))
  app.get('/optional', jwtAuth(options, { mode: 'optional' }), (request, response) => {
    response.send(nameOf(findAuth(request) ?? Reflect.get(request, 'auth')))
  })
  app.use(jwtAuth(options))
  app.get('/me', (request, response) => void response.send(getAuth(request).subject))
  app.get('/admin', requireRole('admin'), (_request, response) => void response.send('admin'))
  return app
}

function controlExpress(): RequestListener {
  const app = express().disable('x-powered-by')
  app.use((request, response) => {
    if (!isAnonymous(request)) {
      response.send(seen(request))
      return
    }
    response.statusCode = 401
    for (const [name, value] of Object.entries(problem)) response.setHeader(name, value)
    response.end(body + seen(request))
  })
  return app
}

function serveKoa(): RequestListener {
  const app = new Koa()
  const { jwtAuth, getAuth, requireRole } = ofKoa
  app.silent = true
  const at = (path: string, middlewares: readonly Koa.Middleware[]) => {
    for (const middleware of middlewares) {
      app.use(async (ctx, next) => (ctx.path === path ? middleware(ctx, next) : next()))
    }
  }
  at('/cookie', [jwtAuth(cookieOptions), (ctx) => void (ctx.body = getAuth(ctx).subject)])
  at('/optional', [jwtAuth(options, { mode: 'optional' }), (ctx) => void (ctx.body = String(ctx.state['auth']))])
  at('/me', [jwtAuth(options), (ctx) => void (ctx.body = getAuth(ctx).subject)])
  at('/admin', [jwtAuth(options), requireRole('admin'), (ctx) => void (ctx.body = 'admin')])
  const handle = app.callback()
  return (request, response) => void handle(request, response)
}

function controlKoa(): RequestListener {
  const app = new Koa()
  app.silent = true
  app.use((ctx) => {
    if (isAnonymous(ctx.req)) {
      ctx.status = 401
      for (const [name, value] of Object.entries(problem)) ctx.set(name, value)
    }
    ctx.body = body + seen(ctx.req)
  })
  const handle = app.callback()
  return (request, response) => void handle(request, response)
}

async function serveFastify(): Promise<Server> {
  const app = Fastify({ forceCloseConnections: true })
  const { jwtAuth, getAuth, findAuth, hasRole } = ofFastify
  await app.register(async (scope) => {
    await scope.register(jwtAuth, cookieOptions)
    scope.route({ method: ['GET', 'POST'], url: '/cookie', handler: async (request) => getAuth(request).subject })
  })
  await app.register(async (scope) => {
    await scope.register(jwtAuth, { ...options, mode: 'optional' })
    scope.get('/optional', async (request) => nameOf(findAuth(request) ?? Reflect.get(request, 'auth')))
  })
  await app.register(async (scope) => {
    await scope.register(jwtAuth, options)
    scope.get('/me', async (request) => getAuth(request).subject)
    scope.get('/admin', { config: { auth: hasRole('admin') } }, async () => 'admin')
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server
}

async function controlFastify(): Promise<Server> {
  const app = Fastify({ forceCloseConnections: true })
  await app.register(async (scope) => {
    scope.addHook('onRequest', (request, reply, done) => {
      if (!isAnonymous(request.raw)) return done()
      return void reply
        .code(401)
        .headers(problem)
        .send(new TextEncoder().encode(body + seen(request.raw)))
    })
    scope.route({ method: ['GET', 'POST'], url: '/*', handler: async (request) => seen(request.raw) })
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server
}

function nameOf(caller: unknown): string {
  return typeof caller === 'object' && caller !== null ? Object.keys(caller).join() : typeof caller
}
