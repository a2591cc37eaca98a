import { shortText } from './escape.ts'

/** The characters of a token, and the mark at the end of a shortened one. */
const tokenCharacters = /[\w.-]+…?/g

/** Replaces each token in a text with `ey…`, even a shortened one: a token may have been pasted in the wrong place. */
export function redactTokens(text: string): string {
  return text.replaceAll(tokenCharacters, (word) => {
    const start = findToken(word)
    return start === null ? word : `${word.slice(0, start)}ey…`
  })
}

/** A token starts with a JSON object in base64url, and continues after a dot or was shortened. */
function findToken(word: string): number | null {
  for (const { index } of word.matchAll(/e[yw][\w-]{8}/g)) {
    const opening = Buffer.from(word.slice(index, index + 10), 'base64url').toString('latin1')
    if (/^\{[\s"][\s -~]+$/.test(opening) && /[.…]/.test(word.slice(index))) return index
  }
  return null
}

/** Removes credentials, query and fragment from a URL, any of which may contain a key. Escapes and shortens the rest. */
export function redactUrl(text: string): string {
  return shortText(removeUrlSecrets(text))
}

/** Removes credentials, query and fragment from a URL or from text that was meant as one. Changes nothing else. */
export function removeUrlSecrets(text: string): string {
  if (URL.canParse(text)) {
    const { origin, pathname, username, password, search, hash } = new URL(text)
    const hasNoSecrets = username + password + search + hash === ''
    if (origin !== 'null') return hasNoSecrets ? text : origin + pathname
  }
  // A password may contain any character, so this removes too much rather than too little.
  return text
    .replace(/\/\/[^]*@/, '//')
    .replace(/^[^]*:[^]*@/, '')
    .replace(/[?#][^]*$/, '')
}

/** Shorter values are not replaced, because they could be a part of any word. */
const minSecretLength = 8
/** Core shortens the strings that it quotes to this length. */
const maxQuotedLength = 80

/**
 * Removes the secret of the settings, and the credentials and queries of their URLs, from every string of plain data. The
 * secret may also be the value of another setting, by mistake.
 */
export function redactSecrets<T>(data: T, environment: Readonly<Record<string, string | undefined>>): T {
  const { JWT_SECRET: secret = '', JWT_ISSUER: issuer = '', JWT_JWKS_URL: jwksUrl = '' } = environment
  const replacements = [
    ...(secret.length < minSecretLength ? [] : [[secret, '(the secret)'] as const]),
    ...[issuer, jwksUrl].map((url) => [url, removeUrlSecrets(url)] as const).filter(([url, safe]) => url !== safe),
  ].flatMap(([text, safe]) => spellings(text).map((spelling) => [spelling, safe] as const))
  const redact = (text: string) =>
    replacements.reduce((rest, [spelling, safe]) => rest.replaceAll(spelling, () => safe), text)
  // Only strings change, so the type stays.
  return JSON.parse(JSON.stringify(data), (_name, value: unknown) =>
    typeof value === 'string' ? redact(value) : value,
  ) as T
}

/** The text itself, as it appears inside quotes, and as it appears inside quotes when it was shortened. */
function spellings(text: string): readonly string[] {
  const [whole, short] = [text, text.slice(0, maxQuotedLength)].map((part) => JSON.stringify(part).slice(1, -1))
  return [...new Set([text, whole ?? text, ...(text.length > maxQuotedLength ? [`${short}…`] : [])])]
}
