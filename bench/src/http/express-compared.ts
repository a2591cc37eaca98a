// The contenders on Express that only the comparison measures. Each imports its package only when its server is created.
import type { NextFunction, Request, Response } from 'express'
import type { Caller, CreateServer, HttpTerms } from './contender.ts'
import type { comparedOnExpress } from './contenders.ts'
import { serve } from './express.ts'
import type { OnHandled } from './express.ts'

interface WithPayload extends Request {
  payload?: { readonly sub?: string | undefined }
}

export const contenders: Readonly<Record<(typeof comparedOnExpress)[number], CreateServer>> = {
  'jose by hand': serveJose,
  'better-auth': serveBetterAuth,
  'express-openid-connect': serveExpressOpenidConnect,
}

/** As in the example of `createRemoteJWKSet`, in a middleware that sends a bare 401 for every error. */
async function serveJose(terms: HttpTerms, onHandled: OnHandled) {
  const { createRemoteJWKSet, jwtVerify } = await import('jose')
  const { issuer, audience, jwksUri } = terms
  const keys = createRemoteJWKSet(new URL(jwksUri))
  const contender = {
    middleware: async (request: WithPayload, response: Response, next: NextFunction) => {
      const [, token = ''] = (request.headers.authorization ?? '').split(' ')
      try {
        request.payload = (await jwtVerify<Caller>(token, keys, { issuer, audience })).payload
      } catch {
        response.sendStatus(401)
        return
      }
      next()
    },
    subjectOf: (request: WithPayload) => request.payload?.sub,
  }
  return serve(contender, terms, onHandled)
}

/** As in its page "OAuth 2.1 Provider", section "API Server". Express receives the errors. */
async function serveBetterAuth(terms: HttpTerms, onHandled: OnHandled) {
  const { verifyAccessTokenRequest } = await import('better-auth/oauth2')
  const { issuer, audience, jwksUri } = terms
  const options = { verifyOptions: { issuer, audience }, jwksUrl: jwksUri }
  const contender = {
    middleware: async (request: WithPayload, _response: Response, next: NextFunction) => {
      request.payload = await verifyAccessTokenRequest(toResourceInput(request), options)
      next()
    },
    subjectOf: (request: WithPayload) => request.payload?.sub,
  }
  return serve(contender, terms, onHandled)
}

/** What better-auth reads of a request. */
export function toResourceInput({ method, originalUrl, headers }: Request) {
  const { authorization, dpop } = headers
  return {
    authorizationHeader: authorization ?? null,
    dpopProofJwt: typeof dpop === 'string' ? dpop : null,
    method,
    url: `https://api.example${originalUrl}`,
  }
}

/** As in its README: login at the provider, and a session in an encrypted cookie. */
async function serveExpressOpenidConnect(terms: HttpTerms, onHandled: OnHandled) {
  const { auth } = await import('express-openid-connect')
  const middleware = auth({
    issuerBaseURL: terms.issuer,
    baseURL: 'http://app.example',
    clientID: terms.audience,
    secret: 'a secret of the server that encrypts its sessions',
  })
  return serve({ middleware, subjectOf: (request) => request.oidc.user?.['sub'] as unknown }, terms, onHandled)
}
