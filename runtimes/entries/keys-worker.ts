// An API with fetched keys. Its Auths live as long as the isolate.
import { createAuth, isAuthError } from '@claimcheck/core'
import type { Auth, RequestLike } from '@claimcheck/core'
import { now } from '../harness/clock.ts'

interface Context {
  waitUntil(promise: Promise<unknown>): void
}

const contexts = new WeakMap<RequestLike, Context>()
const options = { issuer: 'https://issuer.test', audience: 'runtimes', now }
const listed = { audience: 'runtimes', roles: {}, keys: { jwksUrl: 'https://issuer.test/jwks' } }

const auths: Record<string, Auth> = {
  // Nothing keeps a refresh alive when the request that started it has its response.
  '/cancelled': createAuth(options),
  '/background': createAuth({
    ...options,
    background: (promise, request) => request !== null && contexts.get(request)?.waitUntil(promise),
  }),
  '/several-issuers': createAuth({
    now,
    issuers: [
      { ...listed, issuer: 'https://issuer.test' },
      { ...listed, issuer: 'https://other.test' },
    ],
  }),
}

export default {
  async fetch(request: Request, _env: unknown, context: Context): Promise<Response> {
    contexts.set(request, context)
    const { pathname } = new URL(request.url)
    // Any other Auth is made by the first request that needs it.
    const auth = (auths[pathname] ??= createAuth(options))
    if (request.headers.has('x-ends-early')) {
      // As when the client disconnects: what waits for the keys is cancelled.
      void auth.authenticate(request).catch(() => undefined)
      return new Response(null, { status: 202 })
    }
    try {
      const { subject } = await auth.authenticate(request)
      return Response.json({ subject, fetchedAt: auth.keyStatus()[0]?.fetchedAt })
    } catch (error) {
      if (!isAuthError(error)) throw error
      return Response.json({ code: error.code }, { status: error.status })
    }
  },
}
