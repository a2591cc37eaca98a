import type { AuthErrorCode } from '../failure/errors.ts'

/**
 * Quotes and shortens a value of a token. Control and format characters are escaped, so that a token cannot move the cursor
 * of a terminal, or reorder the text of a log.
 */
export function quote(value: unknown): string {
  if (typeof value !== 'string') return Array.isArray(value) ? list(value) : kindOf(value)
  const short = value.length > 80 ? `${value.slice(0, 80)}…` : value
  return JSON.stringify(short).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, escaped)
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'absent'
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  return typeof value === 'object' ? 'an object' : typeof value
}

function list(values: readonly unknown[]): string {
  const shown = values.slice(0, 20).map((value) => (Array.isArray(value) ? 'an array' : quote(value)))
  const rest = values.length - shown.length
  return `[${shown.join(', ')}${rest > 0 ? `, and ${rest} more` : ''}]`
}

/** Joins values as in `a, b or c`. */
export function either(values: Iterable<string>): string {
  const items = [...values]
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1) ?? ''}`
}

/** Describes a time of a token, in seconds, and its distance from now. */
export function timeOf(value: unknown, nowSeconds: number): string {
  if (typeof value !== 'number') return quote(value)
  const distance = Math.round(value - nowSeconds)
  const relative = distance < 0 ? `${duration(-distance)} ago` : `in ${duration(distance)}`
  return `${instant(value)} (${distance === 0 ? 'now' : relative})`
}

/** Formats a time by RFC 3339, or as a number of seconds if it is beyond the range of Date. */
export function instant(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? `${seconds} s` : date.toISOString().replace('.000Z', 'Z')
}

const hundredYears = 36_525 * 86_400

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** Formats a duration in its largest unit: in seconds below two minutes, rounded above. */
export function duration(seconds: number): string {
  if (Math.abs(seconds) > hundredYears) return seconds > 0 ? 'more than 100 years' : 'negative'
  const [name, size] = units.find(([, unitSeconds]) => seconds >= 2 * unitSeconds) ?? (['second', 1] as const)
  const count = Math.round(seconds / size)
  return `${count} ${name}${count === 1 ? '' : 's'}`
}

/** What a developer can do about each error code. */
export const remedies: Readonly<Record<AuthErrorCode, string>> = Object.freeze({
  token_missing: 'Send the token where it is expected, or accept requests without one by mode: "optional"',
  request_malformed: 'Send exactly one token in one header line: Authorization: Bearer <token>',
  cross_site_request: "Add the page's origin to tokenFrom: { cookie, origins }, or send the token in a header",
  token_malformed:
    'Send the whole token as the issuer returned it: a signed JWT in compact form, encrypted if `decrypt` is set',
  token_too_large: 'Put less into the token, or raise maxTokenBytes',
  token_type_not_allowed:
    'Send the access token, not an ID or refresh token, or set typ, profile or tokenUse to match the tokens of the issuer',
  algorithm_not_allowed: 'Set algorithms to what the issuer signs with, and check that keys contains keys for it',
  issuer_unknown: 'Set issuer to the exact iss of the token, including any trailing slash, or add it to issuers',
  audience_not_allowed: 'Request a token for this audience from the issuer, or set audience to the aud of the token',
  key_not_found:
    'Check that keys leads to the key set of this issuer, and that the issuer published the key before it signed with it',
  signature_invalid:
    'Check that the key belongs to this issuer and this environment, and that the token was not changed',
  token_expired: 'Get a new token, or correct the wrong clock',
  token_not_active: 'Wait until it is active, or correct the wrong clock',
  claim_invalid: 'Have the issuer send the claim as expected, or change the option that requires it',
  token_bound: 'Request a token that is not bound to a key, or set tokenBinding: null to accept it without a proof',
  token_revoked: 'Log in again: the token, its session or its subject was revoked',
  scope_insufficient: 'Request a token with the required scopes from the issuer',
  access_denied: 'Give the caller what the policy requires; if the caller should already have it, check the role map',
  keys_unavailable: 'Check that the server can reach the key server, and how the key server responds',
  revocation_unavailable:
    'Check that the server can reach the revocation list, and that isRevoked returns a boolean within 2 seconds',
})
