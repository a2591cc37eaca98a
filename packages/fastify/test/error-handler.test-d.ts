import Fastify from 'fastify'
import type { FastifyBaseLogger } from 'fastify'
import { authErrorHandler } from '../src/index.ts'

// The error handler is accepted by every kind of server, and with a custom logger.
const handler = authErrorHandler()
Fastify().setErrorHandler(handler)
Fastify({ http2: true }).setErrorHandler(handler)
Fastify({ http2: true, https: {} }).setErrorHandler(handler)
Fastify({ https: {} }).setErrorHandler(handler)
const loggerInstance = Fastify().log as FastifyBaseLogger & { readonly flush: () => void }
Fastify({ loggerInstance }).setErrorHandler(handler)
