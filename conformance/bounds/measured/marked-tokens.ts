import { goodClaims, signHmac } from '../../properties/hmac-issuer.ts'

const digits = (index: number) => String(index).padStart(8, '0')

/** Texts that tell one token from all others, wherever they turn up; they are made when they are needed, so that nobody holds them. */
export const textMark = (index: number): string => `text-mark-${digits(index)}`
export const kidMark = (index: number): string => `kid-mark-${digits(index)}`
export const claimMark = (index: number): string => `claim-mark-${digits(index)}`

/** How the marks look in a heap; those of the claims also where they stand in the text of a token, which is base64url. */
export const marks = {
  text: /text-mark-\d{8}/g,
  kid: /kid-mark-\d{8}/g,
  claim: /claim-mark-\d{8}/g,
  encoded: new RegExp([0, 1, 2].map(encodedClaimMark).join('|'), 'g'),
}

/** A well signed token with a mark in its header and one in its claims. */
export function markedToken(index: number, claims: object = {}, header: object = {}): string {
  const head = { alg: 'HS256', kid: kidMark(index), ...header }
  return signHmac(JSON.stringify({ ...goodClaims, jti: claimMark(index), ...claims }), JSON.stringify(head))
}

/** The same with a mark in the text, in place of the signature. */
export function unsignedMarkedToken(index: number): string {
  const token = markedToken(index)
  return `${token.slice(0, token.lastIndexOf('.'))}.${textMark(index).padEnd(43, 'A')}`
}

/** Base64url of the same bytes looks different at each of three places; what follows the constant part are the digits. */
function encodedClaimMark(shift: number): string {
  const constant = Buffer.from(claimMark(0).slice(0, -8))
  const encoded = Buffer.concat([Buffer.alloc(shift), constant]).toString('base64url')
  const [first, end] = [Math.ceil((shift * 8) / 6), Math.floor(((shift + constant.length) * 8) / 6)]
  return `${encoded.slice(first, end)}[\\w-]{12}`
}
