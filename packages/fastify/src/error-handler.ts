import { bodyHeaders, responseOf } from '@claimcheck/core/adapter'
import type { ResponseParts } from '@claimcheck/core/adapter'

/** The part of a Fastify reply that writes an error response, whatever the route replies. */
export interface FastifyReplyLike {
  code(status: number): unknown
  headers(values: Readonly<Record<string, string>>): unknown
  /** `never`, because the payload type of a route may be a type parameter that no value is known to match. */
  send(...payload: never): unknown
}

/** The part of a request that logs errors, for every server and logger. */
interface LoggingRequest {
  readonly log: { error(error: unknown): void }
}

/** A reply that a handler may have started. */
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
 * Creates a handler for `app.setErrorHandler(authErrorHandler())`. It responds to AuthErrors, thrown by handlers or forwarded
 * by `onError: 'forward'`, and to errors of the issuer and of stores. The bytes are the same in every adapter. It rethrows every
 * other error, for the error handler of the outer scope or Fastify's own.
 */
export function authErrorHandler(): (
  error: unknown,
  request: LoggingRequest,
  reply: WritableReply,
) => Promise<unknown> {
  // It is async because Fastify sends a value that a synchronous handler throws with status 200, if it is not an Error.
  return async (error, request, reply) => {
    const found = responseOf(error)
    // The client may already have received a part of another response. Fastify closes the connection.
    if (found === null || reply.raw.headersSent) throw error
    // Fastify also logs the outages to which it responds itself.
    if (found.isOutage) request.log.error(error)
    for (const name of bodyHeaders) {
      reply.removeHeader(name)
      reply.raw.removeHeader(name)
    }
    // A stream that the handler has piped into the response may write after its end, which must not end the process.
    reply.raw.on('error', () => undefined)
    // If it is empty, Node sends the standard phrase of the status. HTTP/2 has no phrase, and setting one causes a warning.
    if (Object.hasOwn(reply.raw, 'statusMessage')) reply.raw.statusMessage = ''
    return write(found, reply)
  }
}

const encoder = new TextEncoder()

/** Sends an error response. */
export function write<R extends FastifyReplyLike>({ status, headers, body }: ResponseParts, reply: R): R {
  reply.code(status)
  reply.headers({ ...headers })
  const sender = reply as { send(payload: Uint8Array): unknown }
  // Fastify would add a charset to the content type of a string; the bytes are the same on every framework.
  sender.send(encoder.encode(body))
  return reply
}
