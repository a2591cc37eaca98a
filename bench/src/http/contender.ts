import type { Server } from 'node:http'
import type { Terms } from '../tokens/issuer.ts'

export const frameworks = ['Express', 'Fastify', 'Koa'] as const
export type Framework = (typeof frameworks)[number]

/** What a contender is told, in every framework. */
export interface HttpTerms extends Terms {
  readonly jwksUri: string
  /** The tokens that will come: for the ceiling, which knows their callers ahead. */
  readonly tokens: readonly string[]
}

/** What a server that looks at nothing answers every request. */
export interface StaticAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Makes an app with one route, which greets the caller that the contender found; `onHandled` counts its calls. `answer`
 * gives what a server that looks at nothing is to answer at the time.
 */
export type MakeServer = (terms: HttpTerms, onHandled: () => void, answer: () => StaticAnswer) => Promise<Server>

/** Whom the bare framework greets, since it looks at no token. */
export const anybody = 'anybody'

/** The callers of the tokens that will come, for a look-up that does nothing else. */
export function callersOf({ tokens }: HttpTerms): ReadonlyMap<string, { readonly sub: string }> {
  return new Map(tokens.map((token) => [token, callerIn(token)]))
}

function callerIn(token: string): { readonly sub: string } {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  return JSON.parse(payload) as { readonly sub: string }
}

/** A key in the forms that text and buffers take: the secret, or a PEM. */
export function keyTextOf({ key }: Terms): string {
  return 'secret' in key ? key.secret : key.publicKey
}
