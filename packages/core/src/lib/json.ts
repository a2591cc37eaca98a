import { getOwn } from './properties.ts'

/** A JSON object from outside. Read its members with `getOwn`. */
export type JsonObject = Readonly<Record<string, unknown>>

/** How deep objects and arrays can nest: far more than a real token needs, far less than the stack allows. */
const maxDepth = 32

const quote = 0x22
const colon = 0x3a
const backslash = 0x5c
const [openBracket, closeBracket] = [0x5b, 0x5d]
const [openBrace, closeBrace] = [0x7b, 0x7d]

/** Whether an object has a member with a value. Some runtimes export JWKs that contain absent members as `undefined`. */
export function hasMember(object: JsonObject, name: string): boolean {
  return getOwn(object, name) !== undefined
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Parses a JSON object, or returns null. Also returns null for a name that appears twice at the top level, as RFC 7515
 * section 4 and RFC 7519 section 4 allow: two parsers may take different values, so an attacker could show one value to
 * a gateway and another to this server. Nesting deeper than 32 levels is rejected too.
 */
export function parseJsonObject(text: string): JsonObject | null {
  const memberCount = countMembers(text)
  if (memberCount === null) return null
  const value = parseJson(text)
  // JSON.parse keeps one of two members with the same name, even if one is written with escapes, so the counts differ.
  return isJsonObject(value) && Object.keys(value).length === memberCount ? value : null
}

/** Counts the members in the text of an object. Returns null if it nests too deeply or is incomplete. */
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
  // Without this, JSON.parse would throw, and an exception is slow.
  return depth === 0 ? members : null
}

/** Returns the index of the closing quote: the next quote that is not preceded by an odd number of backslashes. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1
    while (text.charCodeAt(before) === backslash) before--
    if ((end - before) % 2 === 1) return end
  }
  return text.length
}

function parseJson(text: string): unknown {
  // Anything but an object is rejected without the cost of an exception.
  if (text.charCodeAt(0) !== openBrace && !/^[ \t\r\n]*\{/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    // The error is dropped because its message quotes the text, which may contain claims.
    return undefined
  }
}

/** Freezes a parsed JSON value and everything in it. */
export function freezeJson(value: object): void {
  Object.freeze(value)
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) freezeJson(inner)
  }
}

/** Up to this length, comparing the strings with each other is faster than a Set. */
const maxForIndexOf = 8

/** Removes repeated strings. Returns the same array if there are none. */
export function distinct(strings: readonly string[]): readonly string[] {
  const isDistinct =
    strings.length <= maxForIndexOf && strings.every((string, index) => strings.indexOf(string) === index)
  return isDistinct ? strings : [...new Set(strings)]
}
