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
    /** Signs the base token's input instead of this one's. */
    over: z.literal('base').optional(),
    /** The other ECDSA signature of the same message, (r, n - s). */
    twin: z.literal(true).optional(),
    /** The Ed25519 signature with the group's order added to S. */
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

/** How a token is built: what is left out is the base token's. */
export const tokenRecipe = z.strictObject({
  literal: z.string().optional(),
  jwe: encryption.optional(),
  jweHeaderOnly: jsonObject.optional(),
  header: jsonObject.optional(),
  headerRaw: z.string().optional(),
  payload: jsonObject.optional(),
  payloadRaw: z.string().optional(),
  payloadText: z.literal('$jwt:good').optional(),
  /** Pads the claims until that many bytes are left of the last three. */
  payloadPad: z.number().optional(),
  sign: signing.optional(),
  post: z.array(edit).optional(),
})

export type TokenRecipe = z.infer<typeof tokenRecipe>
export type Signing = z.infer<typeof signing>
export type Edit = z.infer<typeof edit>
export type Encryption = z.infer<typeof encryption>
