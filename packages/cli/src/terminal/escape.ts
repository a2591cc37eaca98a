/** What a terminal would obey or hide: control characters, those that turn the direction of text, and the invisible. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu

/** A text of others, as of a token or a server, without a character that a terminal obeys. */
export function escapeControls(text: string): string {
  return text.replaceAll(unseen, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code > 0xffff ? `\\u{${code.toString(16)}}` : escapedUnit(character)
  })
}

/** A text of others, of a bounded length. */
export function visibleText(text: string, longest = 200): string {
  const shown = escapeControls(text)
  return shown.length > longest ? `${shown.slice(0, longest)}… (${shown.length} characters)` : shown
}

/** A value of others as JSON, of a bounded length; a plain word stands without its quotes. */
export function visibleValue(value: unknown, longest = 200): string {
  const isWord = typeof value === 'string' && /^[\p{L}\p{N}][^\s"]*$/u.test(value) && !isOtherJson(value)
  return visibleText(isWord ? value : (JSON.stringify(value) ?? 'undefined'), longest)
}

/** A value as JSON for machines, in which a terminal obeys nothing either: it reads back as the same. */
export function visibleJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2)
  return text.replaceAll(unseen, (character) =>
    character === '\n'
      ? character
      : Array.from({ length: character.length }, (_, at) => escapedUnit(character.slice(at))).join(''),
  )
}

/** The first UTF-16 unit, as JSON escapes it. */
function escapedUnit(text: string): string {
  return `\\u${text.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** `"true"` and `"1"` are not true and 1, which is often the reason. */
function isOtherJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
