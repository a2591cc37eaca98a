import { AuthError, createAuth } from '@claimcheck/core'
import type { Auth, Principal } from '@claimcheck/core'
import * as forExpress from '@claimcheck/express'
import '@claimcheck/express/augment'
import * as forFastify from '@claimcheck/fastify'
import * as forKoa from '@claimcheck/koa'
import { instrument } from '@claimcheck/otel'
import { createRedisStores } from '@claimcheck/redis'
import { metrics } from '@opentelemetry/api'
import express from 'express'
import { fastify } from 'fastify'
import Koa from 'koa'
import { createClient, createCluster, createSentinel } from 'redis'

const auth: Auth<'admin'> = createAuth({
  issuer: 'https://issuer.test',
  audience: 'smoke',
  keys: { secret: 'thirty-two bytes for a smoke test, no less' },
  roles: { admin: 'admin' },
})

export const principal: Promise<Principal<'admin'>> = auth.verifyToken('a.b.c')
export const status = (error: unknown): number => (error instanceof AuthError ? error.status : 500)

// @ts-expect-error -- a misspelt role
auth.hasRole('admn')

const expressApp = express()
expressApp.use(forExpress.jwtAuth(auth))
expressApp.get('/', forExpress.requireRole('admin'), (request, response) => {
  response.json([forExpress.getAuth(request).subject, request.auth?.subject])
})

const fastifyApp = fastify()
void fastifyApp.register(forFastify.jwtAuth, { auth })
fastifyApp.get('/', { preHandler: forFastify.requireRole('admin'), config: { auth: null } }, async (request) => [
  forFastify.getAuth(request).subject,
  request.auth?.subject,
])

const koaApp = new Koa()
koaApp.use(forKoa.jwtAuth(auth)).use((ctx) => {
  ctx.body = [forKoa.getAuth(ctx).subject, ctx.state.auth.subject]
})
koaApp.use(forKoa.requireRole('admin'))

export const stores = [
  createRedisStores(createClient(), { maxStalenessSeconds: null }),
  createRedisStores(createCluster({ rootNodes: [] })),
  createRedisStores(createSentinel({ name: 'main', sentinelRootNodes: [] })),
].map(({ revocations, state }) => [revocations, state().isReady])

export const ends: (() => void)[] = [
  instrument(),
  instrument({ meterProvider: metrics.getMeterProvider(), tracerProvider: null }),
]
