import type { Edit } from '../corpus/token-recipe.ts'

/** A token in parts, while it is edited; the edits that join them are the last. */
interface EditedToken {
  readonly parts: readonly string[]
  /** Signs an input as the recipe does. */
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

/** Edits a signed token as a recipe says, in the order of the edits. */
export function editToken(token: EditedToken, edits: readonly Edit[]): string {
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

/** The padding of base64, and one sign of it where there would be none. */
function withPadding(part: string): string {
  return part + '='.repeat((4 - (part.length % 4)) % 4 || 1)
}

/** The last character holds bits that stand for no byte: one more of them is another text of the same bytes. */
function withUnusedBit(part: string): string {
  const last = alphabet.indexOf(part.slice(-1))
  return part.slice(0, -1) + alphabet[last + 1]
}

/** JWS in flattened JSON form (RFC 7515 section 7.2.2). */
function flattened([header, payload, signature]: readonly string[]): string {
  return JSON.stringify({ protected: header, payload, signature })
}
