import type { RequestLike } from '@claimcheck/core'

/** The part of a response that a middleware writes to. Express's Response and Node's ServerResponse both have it. */
export interface ResponseLike {
  readonly headersSent: boolean
  readonly writableEnded: boolean
  statusCode: number
  setHeader(name: string, value: string | number): unknown
  end(body: string): unknown
}

/** A response whose body and headers a handler may have begun. */
export interface WritableResponse extends ResponseLike {
  statusMessage: string
  removeHeader(name: string): void
  on(event: 'error', listener: () => void): unknown
}

/** Express's `next`: without an error, the next middleware runs; with one, the error handler. */
export type Next = (error?: unknown) => void

/**
 * A middleware. It is a RequestHandler of Express 4 and 5 with any types of params, bodies, query and locals, and it does
 * not take part in their inference: the parameters of a path keep their names behind it.
 */
export type Middleware = (request: RequestLike, response: ResponseLike, next: Next) => void

/** An error handler, likewise. */
export type ErrorMiddleware = (error: unknown, request: RequestLike, response: WritableResponse, next: Next) => void
