import type { Server } from 'node:http'
import { unverifiedClaims } from '../tokens/bench-tokens.ts'
import type { Terms } from '../tokens/issuer.ts'

export const frameworks = ['Express', 'Fastify', 'Koa'] as const
export type Framework = (typeof frameworks)[number]
/** Hono has no adapter of claimcheck, so only the comparison starts servers with it. */
export type ServerFramework = Framework | 'Hono'

/** What every contender knows about the issuer. */
export interface HttpTerms extends Terms {
  readonly jwksUri: string
  /** All tokens that will be sent: the ceiling maps them to their callers in advance. */
  readonly tokens: readonly string[]
  /** Leaves errors to the framework, without the error handler of the peers' documentation. @default false */
  readonly frameworkSendsErrors?: boolean
}

/** The response of a server that does not read the request. */
export interface StaticResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Creates an app with one route, which greets the caller that the contender found. `onHandled` is called for each request
 * that reaches the route. `staticResponse` returns what a server that does not read requests must send.
 */
export type CreateServer = (
  terms: HttpTerms,
  onHandled: () => void,
  staticResponse: () => StaticResponse,
) => Promise<Server>

/** The caller that a bare framework greets, because it reads no token. */
export const anonymous = 'anonymous'

/** Returns the caller of an `Authorization` header by a look-up in a map, without any verification. */
export function createLookup({ tokens }: HttpTerms): (authorization?: string) => Caller | undefined {
  const callers = new Map(tokens.map((token) => [token, unverifiedClaims(token)]))
  return (authorization = '') => (authorization.startsWith('Bearer ') ? callers.get(authorization.slice(7)) : undefined)
}

export interface Caller {
  readonly sub: string
}

/** The secret or the PEM, for libraries that expect a string or bytes. */
export function keyStringOf({ key }: Terms): string {
  return 'secret' in key ? key.secret : key.publicKey
}

/** As in README.md: a secret; or, as is usual with public keys, a JWK Set on the network. */
export function claimcheckOptions({ issuer, audience, key, jwksUri }: HttpTerms) {
  return { issuer, audience, keys: 'secret' in key ? { secret: key.secret } : { jwksUrl: jwksUri } }
}
