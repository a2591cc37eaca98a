import { z } from 'zod'
import { scenarioStep } from './scenario-step.ts'
import { tokenRecipe } from './token-recipe.ts'

const jsonObject = z.record(z.string(), z.unknown())

const requirement = z.strictObject({
  scope: z.union([z.string(), z.array(z.string())]).optional(),
  roles: z.array(z.string()).optional(),
  claimPath: z.union([z.string(), z.array(z.string())]).optional(),
})

const httpRequest = z.strictObject({
  method: z.string().optional(),
  path: z.string().optional(),
  headers: z.array(z.tuple([z.string(), z.string()])).optional(),
  body: z.string().optional(),
  scheme: z.string().optional(),
  token: z.literal('bound').optional(),
  proof: jsonObject.optional(),
})

const recipe = z.strictObject({
  policy: z.string().optional(),
  transport: z.literal('direct-verify').optional(),
  framework: z.enum(['express', 'fastify', 'koa', 'all']).optional(),
  /** Seconds since the epoch. */
  clock: z.number().optional(),
  options: jsonObject.optional(),
  require: requirement.optional(),
  jwks: z.strictObject({ keys: z.array(z.strictObject({ use: z.string(), kid: z.string() })) }).optional(),
  token: tokenRecipe.optional(),
  http: httpRequest.optional(),
  scenario: z.array(scenarioStep).optional(),
  construct: jsonObject.optional(),
  mtls: jsonObject.optional(),
  logout: jsonObject.optional(),
})

const expectation = z.strictObject({
  verdict: z.enum(['reject', 'accept', 'either', 'reject-config']),
  preferred: z.enum(['reject', 'accept', 'reject-config']).optional(),
  status: z.array(z.number()).optional(),
  error: z.string().optional(),
  must: z.array(z.string()).optional(),
  note: z.string().optional(),
})

/** One attack, or a control that shows that not everything is refused. */
export const attackCase = z.strictObject({
  id: z.string(),
  class: z.string(),
  description: z.string(),
  recipe,
  expected: expectation,
  references: z.array(z.string()),
})

export type AttackCase = z.infer<typeof attackCase>
export type AttackRecipe = z.infer<typeof recipe>
export type Requirement = z.infer<typeof requirement>
export type HttpRequest = z.infer<typeof httpRequest>
