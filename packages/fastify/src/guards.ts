import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerBase,
} from 'fastify'

/** A Fastify app of one kind of server, logger and type provider. */
export type FastifyApp<
  S extends RawServerBase,
  L extends FastifyBaseLogger,
  T extends FastifyTypeProvider,
> = FastifyInstance<S, RawRequestDefaultExpression<S>, RawReplyDefaultExpression<S>, L, T>

/** The part of a Fastify request that tells it from a reply and from a request of node:http; every kind of server has it. */
export interface FastifyRequestLike {
  readonly raw: object
  readonly url: string
}

/** The part of a Fastify reply that an error response is written with, whatever the route says that it replies. */
export interface FastifyReplyLike {
  code(status: number): unknown
  headers(values: Readonly<Record<string, string>>): unknown
  /** `never`: what a route replies may be a type parameter, which no payload is known to fit. */
  send(...payload: never): unknown
}

/**
 * A hook of a route or of an app, alone or in a list. It fits every server, logger, type provider and route, and it does
 * not take part in the inference of a route's types.
 */
export type Guard = (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>
