import { testAdapter } from '@claimcheck/testing/adapter'
import type { AppSpec, Caller, CreateServer } from '@claimcheck/testing/adapter'
import type { Policy } from '@claimcheck/core'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import type { Context, ErrorHandler } from 'hono'
import { cors } from 'hono/cors'
import { Server } from 'node:http'
import { describe, it, vi } from 'vitest'
import {
  authErrorHandler,
  findAuth,
  getAuth,
  getAuthError,
  jwtAuth,
  requireRole,
  requires,
  requireScope,
} from '../src/jwt-auth.ts'
import type { AuthEnv } from '../src/jwt-auth.ts'

// Hono prints every unhandled error.
vi.spyOn(console, 'error').mockImplementation(() => undefined)

const createServer: CreateServer = (spec) => {
  const server = createAdaptorServer({ fetch: build(spec).fetch })
  if (server instanceof Server) return server
  throw new TypeError('Hono did not create a server of node:http')
}

testAdapter(createServer, { describe, it })

function build(spec: AppSpec): Hono<AuthEnv> {
  const { corsOrigin, leftBehind, mounts, routes, onError } = spec
  const app = new Hono<AuthEnv>()
  if (corsOrigin !== undefined) app.use(cors({ origin: corsOrigin, credentials: true }))
  if (leftBehind !== undefined) {
    app.use(async (c, next) => {
      c.set('auth', leftBehind as never)
      await next()
    })
  }
  for (const { auth, ...settings } of mounts) app.use(jwtAuth(auth, settings))
  for (const { method, path, guards, handler } of routes) {
    app.on(method, [path], ...guards.map(guardOf), (c) => c.text(handler(callerOf(c))))
  }
  const handleError: ErrorHandler<AuthEnv> | undefined =
    onError &&
    ((error, c) => {
      const { status, headers, body } = onError(error, callerOf(c))
      return new Response(body, { status, headers })
    })
  if (spec.authErrorHandler === true) app.onError(authErrorHandler(handleError))
  else if (handleError !== undefined) app.onError(handleError)
  return app
}

function guardOf(policy: Policy) {
  const [first, ...others] = policy.kind === 'role' ? policy.anyOf : policy.kind === 'scope' ? policy.allOf : []
  if (first === undefined) return requires(policy)
  return policy.kind === 'role' ? requireRole(first, ...others) : requireScope(first, ...others)
}

function callerOf(c: Context<AuthEnv>): Caller {
  return {
    get: () => getAuth(c),
    find: () => findAuth(c),
    error: () => getAuthError(c),
    stored: () => c.var.auth ?? null,
  }
}
