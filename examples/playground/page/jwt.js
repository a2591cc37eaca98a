/**
 * The parts of a token: as they are written, or as they are read.
 * @typedef {{ header: string, payload: string, signature: string }} TokenParts
 */

/** Takes a token apart as it is written, without judging it. @param {string} token @returns {TokenParts} */
export function takeApart(token) {
  const [header = '', payload = '', ...rest] = token.trim().split('.')
  return { header, payload, signature: rest.join('.') }
}

/** What header and payload say, laid out to be read. @param {string} part */
export function readPart(part) {
  const text = decode(part)
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** Writes a part anew, as an issuer does: without the blanks that are for reading. Nobody signs it. @param {string} text */
export function writePart(text) {
  return encode(compact(text))
}

/** The claims, or null where the text is no JSON object. @param {string} text @returns {Record<string, unknown> | null} */
export function claimsOf(text) {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

/** @param {string} text */
function compact(text) {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    return text
  }
}

/** @param {string} part */
function decode(part) {
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
    return new TextDecoder().decode(bytes)
  } catch {
    return part
  }
}

/** @param {string} text */
function encode(text) {
  const binary = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
