import { getAuth, hasRole, jwtAuth, requireRole, requires, requireScope } from '@claimcheck/fastify'
import Fastify from 'fastify'
import type { FastifyPluginAsync, FastifyTypeProvider } from 'fastify'
import { pino } from 'pino'
import { z } from 'zod'
import { same } from './same.ts'

/** Like fastify-type-provider-zod: the schema of a route types its request and its reply. */
interface ZodTypeProvider extends FastifyTypeProvider {
  validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown
  serializer: this['schema'] extends z.ZodType ? z.input<this['schema']> : unknown
}

interface TypeByName {
  string: string
  integer: number
  boolean: boolean
}
type OfJsonSchema<S> = S extends { readonly properties: infer P }
  ? {
      -readonly [K in keyof P]: P[K] extends { readonly type: infer N extends keyof TypeByName }
        ? TypeByName[N]
        : unknown
    }
  : unknown

/** Like the providers of TypeBox and json-schema-to-ts, for flat schemas. */
interface JsonSchemaTypeProvider extends FastifyTypeProvider {
  validator: OfJsonSchema<this['schema']>
  serializer: OfJsonSchema<this['schema']>
}

const settings = { issuer: 'a', audience: null, keys: { secret: 's' } } as const
const schema = {
  params: z.object({ id: z.coerce.number() }),
  querystring: z.object({ page: z.number().optional() }),
  headers: z.object({ 'x-tenant': z.string() }),
  body: z.object({ name: z.string() }),
  response: { 200: z.object({ created: z.boolean() }) },
}

const app = Fastify({ loggerInstance: pino() }).withTypeProvider<ZodTypeProvider>()
await app.register(jwtAuth, settings)
app.addHook('preHandler', requireRole('admin'))
app.post(
  '/:id',
  { schema, preHandler: [requireRole('admin'), requireScope('items:write')] },
  async (request, reply) => {
    same<typeof request.params, { id: number }>(true)
    same<typeof request.query, { page?: number | undefined }>(true)
    same<typeof request.body, { name: string }>(true)
    same<(typeof request.headers)['x-tenant'], string>(true)
    // @ts-expect-error -- a reply that the schema does not have
    await reply.code(200).send({ created: 'yes' })
    return reply.code(200).send({ created: getAuth(request).subject === request.body.name })
  },
)
app.route({
  method: 'POST',
  url: '/:id',
  schema,
  config: { auth: hasRole('admin') },
  preValidation: requires(hasRole('editor')),
  handler: async (request) => {
    same<typeof request.body, { name: string }>(true)
    return { created: getAuth(request).subject === request.body.name }
  },
})

const jsonSchema = {
  params: { type: 'object', properties: { id: { type: 'integer' } } },
  body: { type: 'object', properties: { name: { type: 'string' } } },
  response: { 200: { type: 'object', properties: { created: { type: 'boolean' } } } },
} as const
const secure = Fastify({ http2: true, https: {} }).withTypeProvider<JsonSchemaTypeProvider>()
await secure.register(jwtAuth, settings)
secure.post('/:id', { preHandler: requireRole('admin'), schema: jsonSchema }, async (request, reply) => {
  same<typeof request.params, { id: number }>(true)
  same<typeof request.body, { name: string }>(true)
  return reply.code(200).send({ created: getAuth(request).subject === request.body.name })
})

export const plugin: FastifyPluginAsync<object, typeof app.server, ZodTypeProvider> = async (scope) => {
  await scope.register(jwtAuth, settings)
  scope.post('/:id', { schema, preHandler: requireRole('admin') }, async (request) => {
    same<typeof request.body, { name: string }>(true)
    return { created: getAuth(request).subject === request.body.name }
  })
}
