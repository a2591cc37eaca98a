import { goodClaims, signHmac } from '../../src/hmac-issuer.ts'

const digits = (index: number) => String(index).padStart(8, '0')

/**
 * Marks that identify a token wherever they appear. They are created on demand, so that the test itself retains none.
 */
export const textMark = (index: number): string => `text-mark-${digits(index)}`
export const kidMark = (index: number): string => `kid-mark-${digits(index)}`
export const claimMark = (index: number): string => `claim-mark-${digits(index)}`

/** Patterns of the marks in a heap. Those of claims also appear in the base64url of a token. */
export const marks = {
  text: /text-mark-\d{8}/g,
  kid: /kid-mark-\d{8}/g,
  claim: /claim-mark-\d{8}/g,
  encoded: new RegExp([0, 1, 2].map(encodedClaimMark).join('|'), 'g'),
}

/** A valid token with a mark in its header and one in its claims. */
export function markedToken(index: number, claims: object = {}, header: object = {}): string {
  const head = { alg: 'HS256', kid: kidMark(index), ...header }
  return signHmac(JSON.stringify({ ...goodClaims, jti: claimMark(index), ...claims }), JSON.stringify(head))
}

/** The same with a mark instead of the signature. */
export function unsignedMarkedToken(index: number): string {
  const token = markedToken(index)
  return `${token.slice(0, token.lastIndexOf('.'))}.${textMark(index).padEnd(43, 'A')}`
}

/** The base64url of the same bytes depends on their offset modulo three. The digits follow the constant part. */
function encodedClaimMark(shift: number): string {
  const constant = Buffer.from(claimMark(0).slice(0, -8))
  const encoded = Buffer.concat([Buffer.alloc(shift), constant]).toString('base64url')
  const [first, end] = [Math.ceil((shift * 8) / 6), Math.floor(((shift + constant.length) * 8) / 6)]
  return `${encoded.slice(first, end)}[\\w-]{12}`
}
