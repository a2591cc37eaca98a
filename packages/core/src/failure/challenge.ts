/** What an Auth adds to each of its refusals: the realm of the challenge and the base of the problem's `type`. */
export interface ResponseStyle {
  readonly realm: string
  readonly problemTypeBase: string | null
}

export const defaultStyle: ResponseStyle = Object.freeze({ realm: 'api', problemTypeBase: null })

/** The RFC 6750 error of a challenge; `null` is a bare challenge, for a request that brought no token. */
export type BearerError = 'invalid_request' | 'invalid_token' | 'insufficient_scope' | null

/** Whether a text may be a scope (RFC 6749 section 3.3), and so stand in a header. */
export function isScope(text: unknown): text is string {
  return typeof text === 'string' && /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(text)
}

/**
 * Writes a `WWW-Authenticate` value (RFC 6750 section 3). Every part is checked or fixed before it gets here:
 * the realm at start-up, the scopes by `isScope`, the description in the table of refusals. Nothing of a request is in it.
 */
export function bearerChallenge(
  realm: string,
  error: BearerError,
  description: string,
  scopes: readonly string[],
): string {
  const parameters = [`realm="${realm}"`]
  if (error !== null) parameters.push(`error="${error}"`, `error_description="${description}"`)
  if (scopes.length > 0) parameters.push(`scope="${scopes.join(' ')}"`)
  return `Bearer ${parameters.join(', ')}`
}
