import { parseJson } from '../lib/json.ts'

/**
 * Characters that control a terminal or cannot be seen: control and format characters (which can reverse the direction of
 * text), line separators, private use and unpaired surrogates. A token or a server could use them to forge the output.
 */
const controls = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu

/** Escapes every control character in text from a token, a server or a user. */
export function escapeControls(text: string): string {
  return text.replaceAll(controls, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code > 0xffff ? `\\u{${code.toString(16)}}` : escapeUnit(character)
  })
}

/** Escapes untrusted text, and shortens it to `maxLength` characters. */
export function shortText(text: string, maxLength = 200): string {
  const escaped = escapeControls(text)
  return escaped.length > maxLength ? `${escaped.slice(0, maxLength)}… (${escaped.length} characters)` : escaped
}

/** Formats an untrusted value as JSON, escaped and shortened. A string that is one plain word is printed without quotes. */
export function shortValue(value: unknown, maxLength = 200): string {
  const isWord = typeof value === 'string' && /^[\p{L}\p{N}][^\s"]*$/u.test(value) && !isOtherJson(value)
  return shortText(isWord ? value : (JSON.stringify(value) ?? 'undefined'), maxLength)
}

/** Formats a value as JSON without control characters. Parsing it returns the same value. */
export function toSafeJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2)
  return text.replaceAll(controls, (character) =>
    character === '\n'
      ? character
      : Array.from({ length: character.length }, (_, at) => escapeUnit(character.slice(at))).join(''),
  )
}

/** Escapes the first UTF-16 unit as JSON does. */
function escapeUnit(text: string): string {
  return `\\u${text.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** `"true"` and `"1"` keep their quotes, because a string in place of a boolean or number is a frequent mistake. */
function isOtherJson(text: string): boolean {
  return parseJson(text) !== undefined
}
