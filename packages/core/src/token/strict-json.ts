/** A JSON object as it was received: only own members may be read. */
export type JsonObject = Readonly<Record<string, unknown>>

/** How deep objects and arrays may nest; no claim of a real token comes near. */
const maxDepth = 32

/** The own member of an object, or undefined: what a prototype holds is nobody's claim. */
export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Parses the text of a JSON object, and throws a SyntaxError for anything else: for a name that stands twice at the
 * top level (RFC 7515 section 4 and RFC 7519 section 4 let a parser refuse it, and two readers may differ on which
 * counts), and for nesting beyond 32.
 */
export function parseJsonObject(text: string): JsonObject {
  refuseDepthAndDuplicates(text)
  const value: unknown = JSON.parse(text)
  if (!isJsonObject(value)) throw new SyntaxError('not a JSON object')
  return value
}

/** One pass over text that may not even be JSON: JSON.parse, which follows, judges the grammar. */
function refuseDepthAndDuplicates(text: string): void {
  const names = new Set<string>()
  let depth = 0
  let expectsName = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') {
      const end = endOfString(text, at)
      if (expectsName) addName(names, text.slice(at, end + 1))
      expectsName = false
      at = end
    } else if (character === '{' || character === '[') {
      depth++
      if (depth > maxDepth) throw new SyntaxError('nested too deeply')
      expectsName = depth === 1
    } else if (character === '}' || character === ']') {
      depth--
    } else if (character === ',') {
      expectsName = depth === 1
    }
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}

function addName(names: Set<string>, literal: string): void {
  const name: unknown = literal.includes('\\') ? JSON.parse(literal) : literal.slice(1, -1)
  if (typeof name !== 'string' || names.has(name)) throw new SyntaxError('a name stands twice')
  names.add(name)
}
