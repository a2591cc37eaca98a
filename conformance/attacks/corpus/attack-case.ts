import { z } from 'zod'

const jsonObject = z.record(z.string(), z.unknown())

const signing = z.union([
  z.literal('none'),
  z.strictObject({ rawHex: z.string() }),
  z.strictObject({ rsaPkcs1: z.enum(['garbage-suffix', 'no-null']), key: z.string() }),
  z.strictObject({ alg: z.string(), hmac: z.strictObject({ key: z.string().optional(), as: z.string() }) }),
  z.strictObject({
    alg: z.string(),
    key: z.string(),
    /** Signs the input of the base token. */
    over: z.literal('base').optional(),
    /** The second valid ECDSA signature of the same message, (r, n - s). */
    twin: z.literal(true).optional(),
    /** The Ed25519 signature with the order of the group added to S. */
    addL: z.literal(true).optional(),
  }),
])

const part = z.literal([0, 1, 2])

const edit = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('dropPart'), i: part }),
  z.strictObject({ op: z.literal('addPart'), text: z.string() }),
  z.strictObject({ op: z.literal('padPart'), i: part }),
  z.strictObject({ op: z.literal('append'), i: part, text: z.string() }),
  z.strictObject({ op: z.literal('insert'), i: part, at: z.number(), text: z.string() }),
  z.strictObject({ op: z.literal('unusedBits'), i: part }),
  z.strictObject({ op: z.literal('sigSuffixHex'), hex: z.string() }),
  z.strictObject({ op: z.literal('sigTruncate'), bytes: z.number() }),
  z.strictObject({ op: z.literal('resign') }),
  z.strictObject({ op: z.literal('wrap'), text: z.string() }),
  z.strictObject({ op: z.literal('jsonFlattened') }),
  z.strictObject({ op: z.literal('jsonPolyglot') }),
])

const encryption = z.strictObject({
  alg: z.enum(['RSA-OAEP', 'dir']),
  enc: z.literal('A256GCM'),
  key: z.string().optional(),
  octText: z.string().optional(),
  zip: z.literal('DEF').optional(),
  payload: z.literal('$baseClaims').optional(),
  plaintextRepeat: z.tuple([z.string(), z.number()]).optional(),
})

/** How to build a token. Missing properties are those of the base token. */
const tokenRecipe = z.strictObject({
  literal: z.string().optional(),
  jwe: encryption.optional(),
  jweHeaderOnly: jsonObject.optional(),
  header: jsonObject.optional(),
  headerRaw: z.string().optional(),
  payload: jsonObject.optional(),
  payloadRaw: z.string().optional(),
  payloadText: z.literal('$jwt:good').optional(),
  /** Pads the claims until their length modulo three has this value. */
  payloadPad: z.number().optional(),
  sign: signing.optional(),
  post: z.array(edit).optional(),
})

export type TokenRecipe = z.infer<typeof tokenRecipe>
export type Signing = z.infer<typeof signing>
export type Edit = z.infer<typeof edit>
export type Encryption = z.infer<typeof encryption>

/** A token by its name in the corpus, or by its recipe. */
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
  // Steps of features that do not exist yet. They are parsed but never run.
  z.strictObject({ do: z.literal('logout-token'), sid: z.string() }),
  z.strictObject({ do: z.literal('timing'), variants: z.array(z.string()), samples: z.number() }),
  z.strictObject({ do: z.literal('mount'), at: z.string() }),
] as const

/** One step of a scenario. */
const scenarioStep = z.discriminatedUnion('do', steps)

export type ScenarioStep = z.infer<typeof scenarioStep>
export type StepOf<Do extends ScenarioStep['do']> = Extract<ScenarioStep, { do: Do }>

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

/** An attack, or a control that must be accepted. */
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
