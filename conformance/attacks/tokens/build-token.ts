import { constants, createCipheriv, publicEncrypt, randomBytes } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import type { Jwk, Tokens } from '../corpus/load-corpus.ts'
import type { Edit, Encryption, Signing, TokenRecipe } from '../corpus/attack-case.ts'
import type { KeyRing } from './key-ring.ts'
import { signatureOf } from './signature.ts'

/** The values that recipes refer to. */
export interface TokenSources {
  readonly ring: KeyRing
  readonly base: Tokens['base']
  /** The port of a server that must never receive a connection. */
  readonly canaryPort: number
}

const baseSigning: Signing = { alg: 'RS256', key: 'rsa-1' }

/** Builds the token of a recipe. Missing properties are those of the base token. */
export function buildToken(recipe: TokenRecipe, sources: TokenSources): string {
  const { ring, base } = sources
  if (recipe.literal !== undefined) return expandText(recipe.literal)
  if (recipe.jwe !== undefined) return encryptToken(recipe.jwe, base.claims, ring)
  if (recipe.jweHeaderOnly !== undefined) return randomJwe(recipe.jweHeaderOnly)
  const signing = recipe.sign ?? baseSigning
  const resign = (input: string) => signatureOf(input, signing, ring).toString('base64url')
  const input = [headerOf(recipe, sources), payloadOf(recipe, sources)].map(base64url)
  const isOverBase = typeof signing === 'object' && 'over' in signing && signing.over === 'base'
  const signed = isOverBase ? [base.header, base.claims].map((json) => base64url(JSON.stringify(json))) : input
  const decoy = [base.header, { ...base.claims, sub: 'admin' }].map((json) => base64url(JSON.stringify(json))).join('.')
  return editToken({ parts: [...input, resign(signed.join('.'))], resign, decoy: `${decoy}.` }, recipe.post ?? [])
}

function headerOf({ header, headerRaw }: TokenRecipe, { ring, base, canaryPort }: TokenSources): string {
  const text = headerRaw ?? JSON.stringify(expandValue(header ?? base.header, ring))
  return text.replaceAll('${CANARY_PORT}', String(canaryPort))
}

function payloadOf(recipe: TokenRecipe, sources: TokenSources): string {
  const { ring, base } = sources
  if (recipe.payloadText !== undefined) return buildToken({}, sources)
  if (recipe.payloadRaw !== undefined) return expandClaims(recipe.payloadRaw, base.claims)
  const claims = { ...base.claims, ...(expandValue(recipe.payload ?? {}, ring) as object) }
  return JSON.stringify(recipe.payloadPad === undefined ? claims : padded(claims, recipe.payloadPad))
}

/** Adds a claim that pads the JSON until its length modulo three has this value. */
function padded(claims: object, rest: number): object {
  let pad = 'x'
  while (Buffer.byteLength(JSON.stringify({ ...claims, pad })) % 3 !== rest) pad += 'x'
  return { ...claims, pad }
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}

/** A compact JWE (RFC 7516 section 7.1) of the claims or of a long repeated text. */
function encryptToken(recipe: Encryption, claims: unknown, ring: KeyRing): string {
  const { alg, enc, zip } = recipe
  const header = Buffer.from(JSON.stringify({ alg, enc, ...(zip === undefined ? {} : { zip }) })).toString('base64url')
  const [contentKey, encryptedKey] = contentKeys(recipe, ring)
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', contentKey, iv).setAAD(Buffer.from(header))
  const text = Buffer.concat([cipher.update(plaintext(recipe, claims)), cipher.final()])
  return [header, ...[encryptedKey, iv, text, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.')
}

/** A JWE with this header. Its other parts are random bytes of typical lengths. */
function randomJwe(header: Readonly<Record<string, unknown>>): string {
  const parts = [24, 16, 32, 16].map((size) => randomBytes(size).toString('base64url'))
  return [Buffer.from(JSON.stringify(header)).toString('base64url'), ...parts].join('.')
}

function plaintext({ plaintextRepeat, zip }: Encryption, claims: unknown): Buffer {
  const plain =
    plaintextRepeat === undefined
      ? Buffer.from(JSON.stringify(claims))
      : Buffer.alloc(plaintextRepeat[1], plaintextRepeat[0])
  return zip === undefined ? plain : deflateRawSync(plain)
}

function contentKeys({ alg, key = '', octText }: Encryption, ring: KeyRing): readonly [Buffer, Buffer] {
  if (alg === 'dir') return [octText === undefined ? ring.bytes(key, 'k') : Buffer.from(octText), Buffer.alloc(0)]
  const contentKey = randomBytes(32)
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  return [contentKey, publicEncrypt({ key: ring.publicKey(key), padding }, contentKey)]
}

/** A token in parts while it is edited. Edits that join the parts come last. */
interface EditedToken {
  readonly parts: readonly string[]
  /** Signs an input with the signing of the recipe. */
  readonly resign: (input: string) => string
  /** An unsigned token of an admin, for the polyglot. */
  readonly decoy: string
}

type Editor<Op extends Edit['op']> = (edit: Extract<Edit, { op: Op }>, token: EditedToken) => readonly string[]

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const editors: { readonly [Op in Edit['op']]: Editor<Op> } = {
  dropPart: ({ i }, { parts }) => parts.filter((_part, index) => index !== i),
  addPart: ({ text }, { parts }) => [...parts, text],
  padPart: ({ i }, { parts }) => withPart(parts, i, withPadding),
  append: ({ i, text }, { parts }) => withPart(parts, i, (part) => part + text),
  insert: ({ i, at, text }, { parts }) => withPart(parts, i, (part) => part.slice(0, at) + text + part.slice(at)),
  unusedBits: ({ i }, { parts }) => withPart(parts, i, withUnusedBit),
  sigSuffixHex: ({ hex }, { parts }) =>
    withSignature(parts, (bytes) => Buffer.concat([bytes, Buffer.from(hex, 'hex')])),
  sigTruncate: ({ bytes }, { parts }) => withSignature(parts, (signature) => signature.subarray(0, bytes)),
  resign: (_edit, { parts, resign }) => {
    const [header = '', payload = ''] = parts
    return [header, payload, resign(`${header}.${payload}`)]
  },
  wrap: ({ text }, { parts }) => [text.replace('$', () => parts.join('.'))],
  jsonFlattened: (_edit, { parts }) => [flattened(parts)],
  jsonPolyglot: (_edit, { parts, decoy }) => [`{"  ${decoy}": "", ${flattened(parts).slice(1)}`],
}

/** Applies the edits of a recipe to a signed token, in order. */
function editToken(token: EditedToken, edits: readonly Edit[]): string {
  const edited = edits.reduce((parts, edit) => applyEdit(edit, { ...token, parts }), token.parts)
  return edited.join('.')
}

function applyEdit<Op extends Edit['op']>(edit: Extract<Edit, { op: Op }>, token: EditedToken): readonly string[] {
  const editor: Editor<Op> = editors[edit.op]
  return editor(edit, token)
}

function withPart(parts: readonly string[], at: number, change: (part: string) => string): readonly string[] {
  return parts.map((part, index) => (index === at ? change(part) : part))
}

function withSignature(parts: readonly string[], change: (bytes: Buffer) => Buffer): readonly string[] {
  return withPart(parts, 2, (part) => change(Buffer.from(part, 'base64url')).toString('base64url'))
}

/** Adds base64 padding, and one `=` if none would be needed. */
function withPadding(part: string): string {
  return part + '='.repeat((4 - (part.length % 4)) % 4 || 1)
}

/**
 * The last character contains bits that do not belong to any byte. Changing one of them gives another string for the
 * same bytes.
 */
function withUnusedBit(part: string): string {
  const last = alphabet.indexOf(part.slice(-1))
  return part.slice(0, -1) + alphabet[last + 1]
}

/** The flattened JSON serialization of a JWS (RFC 7515 section 7.2.2). */
function flattened([header, payload, signature]: readonly string[]): string {
  return JSON.stringify({ protected: header, payload, signature })
}

const certificateFrame = /-----(BEGIN|END) CERTIFICATE-----|\s/g

/** Expands `$repeat:c:n` to n times the character c. A leading `$text:` is removed. */
export function expandText(text: string): string {
  return text.replace(/^\$text:/, '').replace(/\$repeat:(.):(\d+)/su, (_all, character: string, times: string) => {
    return character.repeat(Number(times))
  })
}

/** Expands the macros for member values: keys, certificates, lists of words, repeated text. */
function expandValue(value: unknown, ring: KeyRing): unknown {
  if (Array.isArray(value)) return value.map((entry) => expandValue(entry, ring))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, expandValue(inner, ring)]))
  }
  if (typeof value !== 'string') return value
  const [, macro, rest = ''] = /^\$(jwk|x5c|words|array|repeat):(.*)$/su.exec(value) ?? []
  switch (macro) {
    case 'jwk':
      return ring.publicJwk(rest) satisfies Jwk
    case 'x5c':
      return [ring.certificate(rest).replaceAll(certificateFrame, '')]
    case 'words':
      return repeatedWords(rest).join(' ')
    case 'array':
      return repeatedWords(rest)
    case 'repeat':
      return expandText(value)
    default:
      return value
  }
}

/** Expands `n:last` to n - 1 short words followed by the last one. */
function repeatedWords(rest: string): readonly string[] {
  const [, count = '', last = ''] = /^(\d+):(.*)$/su.exec(rest) ?? []
  return [...Array.from({ length: Number(count) - 1 }, () => 'ab'), last]
}

/**
 * Expands the exact JSON of claims: `$base` is the JSON of the base claims, `$base-x` the same without the member x. A
 * following `+` keeps the object open for more members.
 */
function expandClaims(text: string, base: Readonly<Record<string, unknown>>): string {
  const [whole, before = '', left, open, after = ''] = /^(.*?)\$base(?:-([a-z_]+))?(\+)?(.*)$/su.exec(text) ?? []
  if (whole === undefined) return text
  const json = JSON.stringify(Object.fromEntries(Object.entries(base).filter(([name]) => name !== left)))
  return open === undefined ? before + json + after : `${before}${json.slice(0, -1)}${expandMembers(after)}}`
}

/** Expands `$nest:n` to n nested arrays, and `$members:n` to n members of an object. */
function expandMembers(text: string): string {
  return text
    .replace(/\$nest:(\d+)/u, (_all, depth: string) => '['.repeat(Number(depth)) + ']'.repeat(Number(depth)))
    .replace(/\$members:(\d+)/u, (_all, count: string) => {
      return Array.from({ length: Number(count) }, (_member, index) => `,"m${index}":1`).join('')
    })
}
