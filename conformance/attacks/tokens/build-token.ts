import type { Tokens } from '../corpus/load-corpus.ts'
import type { Signing, TokenRecipe } from '../corpus/token-recipe.ts'
import { editToken } from './edit-token.ts'
import { encryptedNoise, encryptToken } from './encrypted-token.ts'
import type { KeyRing } from './key-ring.ts'
import { expandClaims, expandText, expandValue } from './macros.ts'
import { signatureOf } from './signature.ts'

/** What recipes refer to. */
export interface Ingredients {
  readonly ring: KeyRing
  readonly base: Tokens['base']
  /** The port of a server that nobody has a reason to connect to. */
  readonly canaryPort: number
}

const baseSigning: Signing = { alg: 'RS256', key: 'rsa-1' }

/** Builds the token of a recipe; what the recipe leaves out is the base token's. */
export function buildToken(recipe: TokenRecipe, ingredients: Ingredients): string {
  const { ring, base } = ingredients
  if (recipe.literal !== undefined) return expandText(recipe.literal)
  if (recipe.jwe !== undefined) return encryptToken(recipe.jwe, base.claims, ring)
  if (recipe.jweHeaderOnly !== undefined) return encryptedNoise(recipe.jweHeaderOnly)
  const signing = recipe.sign ?? baseSigning
  const resign = (input: string) => signatureOf(input, signing, ring).toString('base64url')
  const input = [headerOf(recipe, ingredients), payloadOf(recipe, ingredients)].map(base64url)
  const isOverBase = typeof signing === 'object' && 'over' in signing && signing.over === 'base'
  const signed = isOverBase ? [base.header, base.claims].map((json) => base64url(JSON.stringify(json))) : input
  const decoy = [base.header, { ...base.claims, sub: 'admin' }].map((json) => base64url(JSON.stringify(json))).join('.')
  return editToken({ parts: [...input, resign(signed.join('.'))], resign, decoy: `${decoy}.` }, recipe.post ?? [])
}

function headerOf({ header, headerRaw }: TokenRecipe, { ring, base, canaryPort }: Ingredients): string {
  const text = headerRaw ?? JSON.stringify(expandValue(header ?? base.header, ring))
  return text.replaceAll('${CANARY_PORT}', String(canaryPort))
}

function payloadOf(recipe: TokenRecipe, ingredients: Ingredients): string {
  const { ring, base } = ingredients
  if (recipe.payloadText !== undefined) return buildToken({}, ingredients)
  if (recipe.payloadRaw !== undefined) return expandClaims(recipe.payloadRaw, base.claims)
  const claims = { ...base.claims, ...(expandValue(recipe.payload ?? {}, ring) as object) }
  return JSON.stringify(recipe.payloadPad === undefined ? claims : padded(claims, recipe.payloadPad))
}

/** Claims with a member that makes their text end as many bytes behind a multiple of three. */
function padded(claims: object, rest: number): object {
  let pad = 'x'
  while (Buffer.byteLength(JSON.stringify({ ...claims, pad })) % 3 !== rest) pad += 'x'
  return { ...claims, pad }
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}
