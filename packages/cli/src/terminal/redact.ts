/** What a token is made of, and the mark where one was cut short. */
const run = /[\w.-]+…?/g

/** A text without the tokens in it, whole or cut short: they may stand where something else was expected. */
export function redactTokens(text: string): string {
  return text.replaceAll(run, (word) => {
    const begin = beginOfToken(word)
    return begin === null ? word : `${word.slice(0, begin)}ey…`
  })
}

/** A header is a JSON object, and something stands behind its dot, or would without the cut. */
function beginOfToken(word: string): number | null {
  for (const { index } of word.matchAll(/e[yw][\w-]{8}/g)) {
    const opening = Buffer.from(word.slice(index, index + 10), 'base64url').toString('latin1')
    if (/^\{[\s"][\s -~]+$/.test(opening) && /[.…]/.test(word.slice(index))) return index
  }
  return null
}
