import type { RequestLike } from '@claimcheck/core'

/** The part of a response that middleware writes. Express's Response and Node's ServerResponse both have it. */
export interface ResponseLike {
  readonly headersSent: boolean
  readonly writableEnded: boolean
  statusCode: number
  setHeader(name: string, value: string | number): unknown
  end(body: string): unknown
}

/** A response that a handler may have started. */
export interface WritableResponse extends ResponseLike {
  statusMessage: string
  removeHeader(name: string): void
  on(event: 'error', listener: () => void): unknown
}

/** Express's `next`. Without an error it calls the next middleware, with one it calls the error handler. */
export type Next = (error?: unknown) => void

/**
 * Middleware for Express 4 and 5. It is compatible with a RequestHandler of any params, bodies, query and locals, and does not
 * affect their inference: handlers after it keep the names of the path parameters.
 */
export type Middleware = (request: RequestLike, response: ResponseLike, next: Next) => void

/** Error-handling middleware for Express 4 and 5. */
export type ErrorMiddleware = (error: unknown, request: RequestLike, response: WritableResponse, next: Next) => void
