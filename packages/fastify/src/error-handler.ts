import { bodyHeaders, responseOf } from '@claimcheck/core/adapter'
import type { ResponseParts } from '@claimcheck/core/adapter'
import type { FastifyReplyLike } from './guard.ts'

/** What is read of a request, whatever server and logger the application has. */
interface LoggingRequest {
  readonly log: { error(error: unknown): void }
}

/** What is done with a reply that a handler may have begun. */
interface WritableReply extends FastifyReplyLike {
  readonly raw: {
    readonly headersSent: boolean
    statusMessage: string
    removeHeader(name: string): void
    on(event: 'error', listener: () => void): unknown
  }
  removeHeader(name: string): unknown
}

/**
 * For `app.setErrorHandler(authErrorHandler())`: responds to the AuthErrors that handlers throw and `onError: 'forward'`
 * hands on, and to the errors of the issuer and of stores, with the bytes that every adapter sends. Passes every other
 * error on to the error handler of the outer scope, or to Fastify's own.
 */
export function authErrorHandler(): (
  error: unknown,
  request: LoggingRequest,
  reply: WritableReply,
) => Promise<unknown> {
  // It is async because Fastify sends what a synchronous handler throws, if that is not an Error, as a 200.
  return async (error, request, reply) => {
    const found = responseOf(error)
    // The client may already have a part of another response: Fastify closes the connection.
    if (found === null || reply.raw.headersSent) throw error
    // As Fastify does with the outages that it responds to itself.
    if (found.isOutage) request.log.error(error)
    for (const name of bodyHeaders) {
      reply.removeHeader(name)
      reply.raw.removeHeader(name)
    }
    // A stream that the handler has piped into the response may write after its end, which must not end the process.
    reply.raw.on('error', () => undefined)
    // Empty: the server writes the standard phrase of the status. HTTP/2 has no phrase, and warns of it.
    if (Object.hasOwn(reply.raw, 'statusMessage')) reply.raw.statusMessage = ''
    return write(found, reply)
  }
}

const encoder = new TextEncoder()

export function write<R extends FastifyReplyLike>({ status, headers, body }: ResponseParts, reply: R): R {
  reply.code(status)
  reply.headers({ ...headers })
  const sender = reply as { send(payload: Uint8Array): unknown }
  // Fastify would add a charset to the content type of a string; the bytes are the same on every framework.
  sender.send(encoder.encode(body))
  return reply
}
