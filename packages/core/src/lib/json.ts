/** A JSON object as it was received: only own members may be read. */
export type JsonObject = Readonly<Record<string, unknown>>

/** How deep objects and arrays may nest; no claim of a real token comes near. */
const maxDepth = 32

const quote = 0x22
const colon = 0x3a
const backslash = 0x5c
const [openBracket, closeBracket] = [0x5b, 0x5d]
const [openBrace, closeBrace] = [0x7b, 0x7d]

/** The own member of an object, or undefined: what a prototype holds is nobody's claim. */
export function getOwn(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** Whether an object has a member; some runtimes export JWKs whose absent members are there and `undefined`. */
export function hasMember(object: JsonObject, name: string): boolean {
  return getOwn(object, name) !== undefined
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Parses the text of a JSON object, and gives null for anything else: for a name that stands twice at the top level
 * (RFC 7515 section 4 and RFC 7519 section 4 let a parser refuse it, and two readers may differ on which counts), and
 * for nesting beyond 32.
 */
export function parseJsonObject(text: string): JsonObject | null {
  const written = countMembers(text)
  if (written === null) return null
  const value = parseJson(text)
  // Of two members of one name, however each is escaped, one is left.
  return isJsonObject(value) && Object.keys(value).length === written ? value : null
}

/** How many members the object has as it is written, or null where it nests too deeply or ends too soon. */
function countMembers(text: string): number | null {
  let depth = 0
  let members = 0
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (character === quote) at = endOfString(text, at)
    else if (character === colon) members += depth === 1 ? 1 : 0
    else if (character === closeBrace || character === closeBracket) depth--
    else if (character === openBrace || character === openBracket) {
      if (++depth > maxDepth) return null
    }
  }
  // What breaks off is not worth the exception.
  return depth === 0 ? members : null
}

/** Where the string that starts here ends: at the next quote that no odd number of backslashes stands before. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1
    while (text.charCodeAt(before) === backslash) before--
    if ((end - before) % 2 === 1) return end
  }
  return text.length
}

function parseJson(text: string): unknown {
  // What cannot be an object is not worth the exception.
  if (text.charCodeAt(0) !== openBrace && !/^[ \t\r\n]*\{/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, so it is no cause to keep.
    return undefined
  }
}

/** Freezes what JSON.parse gave, to its depth. */
export function freezeJson(value: object): void {
  Object.freeze(value)
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) freezeJson(inner)
  }
}

/** How many texts are compared with one another rather than put into a Set. */
const few = 8

/** The texts, each once; the same array where none stands twice. */
export function distinct(texts: readonly string[]): readonly string[] {
  const isDistinct = texts.length <= few && texts.every((text, index) => texts.indexOf(text) === index)
  return isDistinct ? texts : [...new Set(texts)]
}
