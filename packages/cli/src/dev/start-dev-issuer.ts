import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createIssuer, generateKeys } from '@claimcheck/issuer'
import type { Issuer, LoginClaims, SigningAlgorithm } from '@claimcheck/issuer'
import { UsageError } from '../usage-error.ts'
import { answerTokenRequest } from './token-endpoint.ts'

/** An issuer for development is for this machine alone. */
const host = '127.0.0.1'

/** How an issuer for development is started. */
export interface DevIssuerOptions {
  /** 0 takes any that is free. */
  readonly port: number
  readonly audience: string
  readonly algorithm: SigningAlgorithm
  readonly accessTokenSeconds: number
  readonly claims: LoginClaims
  readonly now: () => number
  /** Told of every request that was answered. */
  readonly onRequest: (line: string) => void
}

/** An issuer that listens. */
export interface DevIssuer {
  readonly url: string
  readonly tokenEndpoint: string
  /** An access token of the default user. */
  readonly token: string
  readonly close: () => Promise<void>
}

/** Starts an issuer with keys of its own, which end with it; throws a UsageError. */
export async function startDevIssuer(options: DevIssuerOptions): Promise<DevIssuer> {
  const { audience, algorithm, accessTokenSeconds, claims, now, onRequest } = options
  const keys = await generateKeys(algorithm)
  const server = createServer()
  server.listen(options.port, host)
  await once(server, 'listening').catch((error: unknown) => {
    throw portFault(error, options.port)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  const url = `http://${host}:${port}`
  const close = async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  try {
    const issuer = createIssuer({ issuer: url, audience, clientId: 'dev', keys, accessTokenSeconds, now })
    const { accessToken } = await issuer.login(claims).catch(asUsageError)
    const tokenEndpoint = `${url}/token`
    server.on('request', (request, response) => {
      // A query may hold a token.
      const [path = ''] = (request.url ?? '').split('?')
      void answer(request, response, { issuer, claims, tokenEndpoint }).then(
        () => onRequest(`${request.method} ${path} → ${response.statusCode}`),
        () => response.destroy(),
      )
    })
    return { url, tokenEndpoint, token: accessToken, close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Served {
  readonly issuer: Issuer
  readonly claims: LoginClaims
  readonly tokenEndpoint: string
}

async function answer(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  const { issuer, claims, tokenEndpoint } = served
  // A page of the web may have its own name lead here, and would read the tokens.
  if (!isLocalName(request.headers.host ?? ''))
    return send(response, 403, { error: 'Call it as 127.0.0.1 or localhost' })
  const [path = ''] = (request.url ?? '').split('?')
  const [jwks, metadata] = [issuer.jwks(), issuer.metadata()]
  if (path === '/token') {
    if (request.method !== 'POST') return send(response, 405, { error: 'Call it by POST' }, { Allow: 'POST' })
    const { status, body } = await answerTokenRequest(request, { login: issuer.login, defaultClaims: claims })
    return send(response, status, body)
  }
  if (path === jwks.path) return send(response, 200, jwks.body, jwks.headers)
  if (metadata.paths.some((known) => known === path)) {
    const endpoints = { token_endpoint: tokenEndpoint, grant_types_supported: ['client_credentials', 'password'] }
    return send(response, 200, { ...metadata.body, ...endpoints }, metadata.headers)
  }
  return send(response, 404, {
    error: `There is nothing here but POST /token, ${[jwks.path, ...metadata.paths].join(', ')}`,
  })
}

function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers })
  response.end(JSON.stringify(body))
}

/** A claim that is not a login's to say; the message names it, and what to do. */
function asUsageError(error: unknown): never {
  throw error instanceof TypeError ? new UsageError(`${error.message}.`) : error
}

function isLocalName(name: string): boolean {
  return /^(127\.0\.0\.1|localhost)(:\d+)?$/i.test(name)
}

function portFault(error: unknown, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE')
    return new UsageError(`Port ${port} is taken: choose another --port, or 0 for any that is free.`)
  return code === 'EACCES' ? new UsageError(`Port ${port} is not yours to take: choose another --port.`) : error
}
