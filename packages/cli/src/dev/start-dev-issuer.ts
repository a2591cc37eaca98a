import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createIssuer, generateKeys } from '@claimcheck/issuer'
import type { Issuer, LoginClaims, SigningAlgorithm } from '@claimcheck/issuer'
import { UsageError } from '../lib/exit-codes.ts'
import { handleTokenRequest } from './token-endpoint.ts'

/** Tokens are free for everyone who can connect, so only local clients can. */
const host = '127.0.0.1'

/** Options of the development issuer. */
export interface DevIssuerOptions {
  /** 0 for any free port. */
  readonly port: number
  readonly audience: string
  readonly algorithm: SigningAlgorithm
  readonly accessTokenSeconds: number
  readonly claims: LoginClaims
  /** In milliseconds since the epoch. */
  readonly now: () => number
  /** Called with a log line after each request. */
  readonly onRequest: (line: string) => void
}

/** A running development issuer. */
export interface DevIssuer {
  readonly url: string
  readonly tokenEndpoint: string
  /** An access token of the default user. */
  readonly token: string
  readonly close: () => Promise<void>
}

/** Starts an issuer with new keys, which are lost when it stops. Throws a UsageError. */
export async function startDevIssuer(options: DevIssuerOptions): Promise<DevIssuer> {
  const { audience, algorithm, accessTokenSeconds, claims, now, onRequest } = options
  const keys = await generateKeys(algorithm)
  const server = createServer()
  server.listen(options.port, host)
  await once(server, 'listening').catch((error: unknown) => {
    throw toPortError(error, options.port)
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
    const { accessToken } = await issuer.login(claims).catch(throwUsageError)
    const tokenEndpoint = `${url}/token`
    server.on('request', (request, response) => {
      // Only the path is logged, because a query may contain a token.
      const [path = ''] = (request.url ?? '').split('?')
      void respond(request, response, { issuer, claims, tokenEndpoint }).then(
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

interface IssuerRoutes {
  readonly issuer: Issuer
  readonly claims: LoginClaims
  readonly tokenEndpoint: string
}

async function respond(request: IncomingMessage, response: ServerResponse, routes: IssuerRoutes): Promise<void> {
  const { issuer, claims, tokenEndpoint } = routes
  // Prevents DNS rebinding: a web page could point its own host name to 127.0.0.1 and read the tokens.
  if (!isLocalName(request.headers.host ?? ''))
    return send(response, 403, { error: 'Use 127.0.0.1 or localhost as the host name' })
  const [path = ''] = (request.url ?? '').split('?')
  const [jwks, metadata] = [issuer.jwks(), issuer.metadata()]
  if (path === '/token') {
    if (request.method !== 'POST') return send(response, 405, { error: 'Use POST' }, { Allow: 'POST' })
    const { status, body } = await handleTokenRequest(request, { login: issuer.login, defaultClaims: claims })
    return send(response, status, body)
  }
  if (path === jwks.path) return send(response, 200, jwks.body, jwks.headers)
  if (metadata.paths.some((known) => known === path)) {
    const endpoints = { token_endpoint: tokenEndpoint, grant_types_supported: ['client_credentials', 'password'] }
    return send(response, 200, { ...metadata.body, ...endpoints }, metadata.headers)
  }
  return send(response, 404, {
    error: `Not found. The paths are POST /token, ${[jwks.path, ...metadata.paths].join(', ')}`,
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

/** The issuer rejects claims such as exp with a TypeError, whose message names the claim. */
function throwUsageError(error: unknown): never {
  throw error instanceof TypeError ? new UsageError(`${error.message}.`) : error
}

function isLocalName(name: string): boolean {
  return /^(127\.0\.0\.1|localhost)(:\d+)?$/i.test(name)
}

function toPortError(error: unknown, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE')
    return new UsageError(`Port ${port} is in use. Choose another --port, or 0 for any free port.`)
  return code === 'EACCES' ? new UsageError(`No permission to use port ${port}. Choose another --port.`) : error
}
