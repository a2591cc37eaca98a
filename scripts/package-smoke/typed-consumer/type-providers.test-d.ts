import { getAuth, jwtAuth, requireRole, requireScope } from '@claimcheck/fastify'
import type { JsonSchemaToTsProvider } from '@fastify/type-provider-json-schema-to-ts'
import { Type } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsyncTypebox, TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import { pino } from 'pino'
import { same } from './same.ts'

const settings = { issuer: 'a', audience: null, keys: { secret: 's' } } as const
const guards = [requireRole('admin'), requireScope('items:read')]

const schema = {
  params: Type.Object({ id: Type.Number() }),
  body: Type.Object({ name: Type.String() }),
  response: { 200: Type.Object({ created: Type.Boolean() }) },
}
const app = Fastify({ http2: true, loggerInstance: pino() }).withTypeProvider<TypeBoxTypeProvider>()
await app.register(jwtAuth, settings)
app.addHook('preHandler', requireRole('admin'))
app.post('/:id', { schema, preHandler: guards }, async (request, reply) => {
  same<typeof request.params, { id: number }>(true)
  same<typeof request.body, { name: string }>(true)
  return reply.code(200).send({ created: getAuth(request).subject === request.body.name })
})
export const plugin: FastifyPluginAsyncTypebox = async (scope) => {
  await scope.register(jwtAuth, settings)
  scope.post('/:id', { schema, preHandler: requireRole('admin') }, async (request) => {
    same<typeof request.body, { name: string }>(true)
    return { created: getAuth(request).subject === request.body.name }
  })
}

const jsonSchema = {
  body: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'], additionalProperties: false },
} as const
const typed = Fastify({ https: {} }).withTypeProvider<JsonSchemaToTsProvider>()
await typed.register(jwtAuth, settings)
typed.post('/', { schema: jsonSchema, preHandler: guards }, async (request) => {
  same<typeof request.body, { name: string }>(true)
  return getAuth(request).subject
})
