/**
 * The parts of a token, encoded or decoded.
 * @typedef {{ header: string, payload: string, signature: string }} TokenParts
 */

/** Splits a token into its parts, even if it is invalid. @param {string} token @returns {TokenParts} */
export function splitToken(token) {
  const [header = '', payload = '', ...rest] = token.trim().split('.')
  return { header, payload, signature: rest.join('.') }
}

/** Decodes a header or payload and formats its JSON. @param {string} part */
export function readPart(part) {
  const text = decode(part)
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** Encodes an edited part, without the spaces of the formatting. The signature stays the same. @param {string} text */
export function writePart(text) {
  return encode(compact(text))
}

/** Returns the claims, or null if the text is not a JSON object. @param {string} text @returns {Record<string, unknown> | null} */
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
