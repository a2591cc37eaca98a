import { z } from 'zod'
import { tokenRecipe } from './token-recipe.ts'

const jsonObject = z.record(z.string(), z.unknown())
/** A token by the corpus's name for it, or by its recipe. */
const namedToken = z.union([z.string(), tokenRecipe])

const steps = [
  z.strictObject({
    do: z.literal('request'),
    token: namedToken.optional(),
    verifier: z.enum(['A', 'B']).optional(),
    times: z.number().optional(),
    bodyBytes: z.number().optional(),
    optional: z.literal(true).optional(),
    proofHtu: z.string().optional(),
    handlerMutates: jsonObject.optional(),
    handlerMutatesNested: z.literal(true).optional(),
    expect: z.number().optional(),
    expectClaims: jsonObject.nullable().optional(),
    expectNestedUnchanged: z.literal(true).optional(),
  }),
  z.strictObject({
    do: z.literal('concurrent'),
    count: z.number(),
    token: namedToken,
    coldCache: z.literal(true).optional(),
  }),
  z.strictObject({ do: z.literal('flood'), count: z.number(), template: tokenRecipe }),
  z.strictObject({ do: z.literal('clock'), delta: z.number() }),
  z.strictObject({
    do: z.literal('serve-jwks'),
    keys: z.array(z.string()).optional(),
    body: z.string().optional(),
    plus: z.string().optional(),
    redirect: z.string().optional(),
    bodyBytes: z.number().optional(),
    contentLength: z.number().optional(),
    gzipBombMiB: z.number().optional(),
    delayMs: z.number().optional(),
    dnsRebind: z.literal(true).optional(),
  }),
  z.strictObject({ do: z.literal('rotate'), to: z.string() }),
  z.strictObject({
    do: z.literal('discovery'),
    issuerInDocument: z.string().optional(),
    jwks_uri: z.string().optional(),
  }),
  z.strictObject({ do: z.literal('construct'), jwksUri: z.string().optional() }),
  z.strictObject({ do: z.literal('pollute'), set: jsonObject }),
  z.strictObject({ do: z.literal('revoke'), jti: z.string() }),
  z.strictObject({ do: z.literal('hook-returns'), value: z.unknown() }),
  z.strictObject({ do: z.literal('watermark'), sub: z.string(), time: z.number() }),
  z.strictObject({ do: z.literal('preset-auth'), value: jsonObject }),
  z.strictObject({ do: z.literal('stack'), policies: z.array(z.string()) }),
  z.strictObject({ do: z.literal('request-abort') }),
  z.strictObject({ do: z.literal('matrix'), tokens: z.string() }),
  z.strictObject({ do: z.literal('inspect'), note: z.string().optional() }),
  z.strictObject({
    do: z.literal('expect'),
    status: z.number().optional(),
    jwksRequests: z.strictObject({ max: z.number() }).optional(),
    eventLoopLagMs: z.strictObject({ max: z.number() }).optional(),
    rssGrowthMiB: z.strictObject({ max: z.number() }).optional(),
    sameResponse: z.literal(true).optional(),
    stateUnset: z.literal(true).optional(),
    sameAcrossAdapters: z.literal(true).optional(),
  }),
  // Steps of parts that are not built: they are read, and never taken.
  z.strictObject({ do: z.literal('logout-token'), sid: z.string() }),
  z.strictObject({ do: z.literal('timing'), variants: z.array(z.string()), samples: z.number() }),
  z.strictObject({ do: z.literal('mount'), at: z.string() }),
] as const

/** One thing that happens in a scenario. */
export const scenarioStep = z.discriminatedUnion('do', steps)

export type ScenarioStep = z.infer<typeof scenarioStep>
export type StepOf<Do extends ScenarioStep['do']> = Extract<ScenarioStep, { do: Do }>
