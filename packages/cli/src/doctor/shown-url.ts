import { visibleText } from '../terminal/escape.ts'

/** A URL as it may be shown: without its credentials, and without its query, which may hold a key. */
export function redactUrl(text: string): string {
  return visibleText(bareUrl(text))
}

/** A URL, or what was meant to be one, to the letter where nothing is to be left out. */
export function bareUrl(text: string): string {
  if (URL.canParse(text)) {
    const { origin, pathname, username, password, search, hash } = new URL(text)
    const isBare = username + password + search + hash === ''
    if (origin !== 'null') return isBare ? text : origin + pathname
  }
  // A password may hold any character: rather too much is left out.
  return text
    .replace(/\/\/[^]*@/, '//')
    .replace(/^[^]*:[^]*@/, '')
    .replace(/[?#][^]*$/, '')
}
