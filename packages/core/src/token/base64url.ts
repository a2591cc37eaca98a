import { decodeBase64url } from '#platform'

const alphabet = /^[A-Za-z0-9_-]*$/
/** The last characters that leave no loose bits, after one byte (4 spare bits) and after two (2 spare bits). */
const lastOfTwo = 'AQgw'
const lastOfThree = 'AEIMQUYcgkosw048'

/** Decodes base64url, or gives null unless the text is the one canonical spelling of its bytes (RFC 7515 section 2). */
export function parseBase64url(text: string): Uint8Array | null {
  if (!alphabet.test(text)) return null
  const rest = text.length % 4
  const last = text.slice(-1)
  if (rest === 1 || (rest === 2 && !lastOfTwo.includes(last)) || (rest === 3 && !lastOfThree.includes(last)))
    return null
  return decodeBase64url(text)
}
