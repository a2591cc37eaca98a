/**
 * A token as it is edited: the texts of its parts. What is no JSON is kept as it was written, and sent so.
 * @typedef {{ header: string, payload: string, signature: string }} TokenParts
 */

/** Takes a token apart, without judging it. @param {string} token @returns {TokenParts} */
export function takeApart(token) {
  const [header = '', payload = '', ...rest] = token.trim().split('.')
  return { header: readable(header), payload: readable(payload), signature: rest.join('.') }
}

/** Puts a token together of its texts; nobody signs it. @param {TokenParts} parts @returns {string} */
export function putTogether({ header, payload, signature }) {
  return [encode(compact(header)), encode(compact(payload)), signature.trim()].join('.')
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

/** @param {string} part */
function readable(part) {
  const text = decode(part)
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** As an issuer writes it: without the blanks that are for reading. @param {string} text */
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
