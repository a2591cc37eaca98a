/** What a terminal would obey or hide: control characters, those that turn the direction of text, and the invisible. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu

/** A text of others, as of a token or a server, without a character that a terminal obeys. */
export function visible(text: string): string {
  return text.replaceAll(unseen, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** A value of others as JSON, of a bounded length; a plain word stands without its quotes. */
export function visibleValue(value: unknown, longest = 200): string {
  const isWord = typeof value === 'string' && /^[\p{L}\p{N}][^\s"]*$/u.test(value) && !isOtherJson(value)
  const text = visible(isWord ? value : (JSON.stringify(value) ?? 'undefined'))
  return text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text
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
