import { z } from 'zod'
import { publishedJwk } from './published-keys.ts'
import type { PublishedJwk } from './published-keys.ts'
import { readVectors, vectorFiles } from './vector-files.ts'

const serialised = z.union([z.string(), z.looseObject({})])

const flattened = z.object({ protected: z.string().optional(), signature: z.string() })

const joseExample = z.looseObject({
  jwk: publishedJwk.optional(),
  jwkset: z.object({ keys: z.array(publishedJwk) }).optional(),
  jwsc: z.string().optional(),
  jwsf: flattened.extend({ payload: z.string().optional() }).loose().optional(),
  jwsg: z.looseObject({ payload: z.string().optional(), signatures: z.array(flattened.loose()) }).optional(),
})
export type JoseExample = z.infer<typeof joseExample>

const cookbookStep = z.looseObject({
  input: z.looseObject({ key: z.union([publishedJwk, z.array(publishedJwk)]).optional() }),
  output: z.record(z.string(), serialised),
})
/** Section 6 of RFC 7520 signs and then encrypts. */
const nesting = z.object({ sign: cookbookStep, encrypt: cookbookStep })
const cookbookExample = z.union([
  nesting.transform(({ sign, encrypt }) => [sign, encrypt]),
  cookbookStep.transform((step) => [step]),
])

const joseFile = 'rfc/rfc7515_7517_7520_7638.json'
const jwtFile = 'rfc/rfc7519.json'
const jweFile = 'rfc/rfc7516.json'
const nestingFile = 'cookbook/6.nesting_signatures_and_encryption.json'

/** The examples of RFC 7515, 7517, 7520 and 7638, by RFC and section. */
export function joseExamples(): ReadonlyMap<string, JoseExample> {
  const { vectors } = readVectors(
    joseFile,
    z.object({ vectors: z.record(z.string(), z.record(z.string(), joseExample)) }),
  )
  return new Map(
    Object.entries(vectors).flatMap(([rfc, examples]) =>
      Object.entries(examples).map(([section, example]) => [`${rfc} ${section}`, example] as const),
    ),
  )
}

/** The tokens of RFC 7519 by section. */
export function jwtExamples(): ReadonlyMap<string, { readonly jwt: string; readonly innerJwt?: string | undefined }> {
  const example = z.object({ id: z.string(), jwt: z.string(), innerJwt: z.string().optional() })
  const { examples } = readVectors(jwtFile, z.object({ examples: z.array(example) }))
  return new Map(examples.map((entry) => [entry.id, entry]))
}

/** The token of RFC 7520 section 6 before its encryption, and its key. */
export function nestedExample(): { readonly token: string; readonly key: PublishedJwk } {
  const { sign } = readVectors(nestingFile, nesting)
  return { token: z.string().parse(sign.output['compact']), key: publishedJwk.parse(sign.input.key) }
}

/** The steps of RFC 7520, 7797 and 8037 from their cookbook, by file. */
function cookbookSteps() {
  return vectorFiles('cookbook')
    .filter((path) => !path.startsWith('cookbook/jwk/'))
    .flatMap((path) => readVectors(path, cookbookExample).map((step) => [path, step] as const))
}

/** Every serialization in the examples, compact or not. */
export function serialisations(): readonly (readonly [title: string, token: string])[] {
  const forms = ['jwsc', 'jwsf', 'jwsg', 'jwec', 'jwef', 'jweg']
  const ofRfcs = [...joseExamples()].flatMap(([title, example]) =>
    forms.map((form) => [`${title} ${form}`, example[form]] as const),
  )
  const ofCookbook = cookbookSteps().flatMap(([path, { output }]) =>
    Object.entries(output).map(([form, token]) => [`${path} ${form}`, token] as const),
  )
  const ofJwts = [...jwtExamples()].map(([id, { jwt }]) => [`rfc7519 ${id}`, jwt] as const)
  const jweExamples = z.object({ examples: z.array(z.object({ id: z.string(), jwe: z.string() })) })
  const ofJwes = readVectors(jweFile, jweExamples).examples.map(({ id, jwe }) => [`rfc7516 ${id}`, jwe] as const)
  return [...ofRfcs, ...ofCookbook, ...ofJwts, ...ofJwes].flatMap(([title, token]) =>
    token === undefined ? [] : [[title, typeof token === 'string' ? token : JSON.stringify(token)] as const],
  )
}

/** The compact JWEs with their printed keys. */
export function encryptedExamples(): readonly (readonly [title: string, token: string, key: PublishedJwk])[] {
  const isCompact = (token: unknown): token is string => typeof token === 'string' && token.split('.').length === 5
  const ofRfcs = [...joseExamples()].map(([title, { jwec, jwk }]) => [title, jwec, jwk] as const)
  const ofCookbook = cookbookSteps().map(
    ([path, { input, output }]) => [path, output['compact'], [input.key ?? []].flat()[0]] as const,
  )
  const jweExample = z.object({ id: z.string(), jwe: z.string(), jwk: publishedJwk })
  const { examples } = readVectors(jweFile, z.object({ examples: z.array(jweExample) }))
  const ofJwes = examples.map(({ id, jwe, jwk }) => [`rfc7516 ${id}`, jwe, jwk] as const)
  const { keys } = readVectors(jwtFile, z.object({ keys: z.record(z.string(), publishedJwk) }))
  const ofJwts = [...jwtExamples()].map(([id, { jwt }]) => [`rfc7519 ${id}`, jwt, keys['rfc7516_A2_private']] as const)
  return [...ofRfcs, ...ofCookbook, ...ofJwes, ...ofJwts].flatMap(([title, token, key]) =>
    isCompact(token) && key !== undefined ? [[title, token, key] as const] : [],
  )
}

/** All keys of the examples. */
export function publishedKeys(): readonly (readonly [title: string, key: PublishedJwk])[] {
  const ofRfcs = [...joseExamples()].flatMap(([title, { jwk, jwkset }]) => [
    ...(jwk === undefined ? [] : [[title, jwk] as const]),
    ...(jwkset?.keys ?? []).map((key, index) => [`${title} keys[${index}]`, key] as const),
  ])
  const ofCookbook = cookbookSteps().flatMap(([path, { input }]) =>
    [input.key ?? []].flat().map((key, index) => [`${path} ${index}`, key] as const),
  )
  const alone = vectorFiles('cookbook/jwk').map((path) => [path, readVectors(path, publishedJwk)] as const)
  return [...ofRfcs, ...ofCookbook, ...alone]
}
