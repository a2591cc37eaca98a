import type { IncomingMessage } from 'node:http'
import type { AccessToken, LoginClaims } from '@claimcheck/issuer'

/** An answer of the token endpoint, to be sent as JSON (RFC 6749 sections 5.1 and 5.2). */
export interface TokenAnswer {
  readonly status: 200 | 400
  readonly body: Readonly<Record<string, unknown>>
}

/** What the token endpoint needs of the issuer, and whose tokens it gives where nobody is named. */
export interface TokenEndpoint {
  readonly login: (claims: LoginClaims) => Promise<AccessToken>
  readonly defaultClaims: LoginClaims
}

const longestBody = 16_384
const grantTypes = ['client_credentials', 'password']

/**
 * Gives a token to whoever asks, for it is an issuer for development: of the default user; or of the user that is named,
 * with the scopes and claims that are asked for and no others.
 */
export async function answerTokenRequest(request: IncomingMessage, endpoint: TokenEndpoint): Promise<TokenAnswer> {
  const text = await readBody(request)
  if (text === null) return refused('invalid_request', `The body must be shorter than ${longestBody} bytes`)
  const fields = readFields(text, request.headers['content-type'] ?? '')
  if (fields === null) return refused('invalid_request', 'The body must be a form, or a JSON object')
  const grantType = fields['grant_type'] ?? 'client_credentials'
  if (typeof grantType !== 'string' || !grantTypes.includes(grantType)) {
    return refused('unsupported_grant_type', `grant_type must be ${grantTypes.join(' or ')}, or left out`)
  }
  const claims = readClaims(fields, endpoint.defaultClaims)
  if (claims === null) return refused('invalid_request', 'claims must be a JSON object')
  try {
    const { accessToken, expiresIn } = await endpoint.login(claims)
    return { status: 200, body: { access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn } }
  } catch (error) {
    // What a login may not claim: its message names the claim, and not the value.
    if (error instanceof TypeError) return refused('invalid_request', error.message)
    throw error
  }
}

function refused(error: string, description: string): TokenAnswer {
  return { status: 400, body: { error, error_description: description } }
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > longestBody) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

type Fields = Readonly<Record<string, unknown>>

function readFields(text: string, contentType: string): Fields | null {
  if (text.trimStart().startsWith('{') || /^application\/json\b/i.test(contentType)) return parseObject(text)
  return Object.fromEntries(new URLSearchParams(text))
}

function readClaims(fields: Fields, defaultClaims: LoginClaims): LoginClaims | null {
  const { username, scope, claims: written } = fields
  const asked = typeof written === 'string' ? parseObject(written) : (written ?? {})
  if (asked === null || typeof asked !== 'object' || Array.isArray(asked)) return null
  const base = username === undefined ? defaultClaims : { sub: username }
  // What is no text is refused by the issuer, which says why.
  return { ...base, ...(scope === undefined ? {} : { scope }), ...asked } as LoginClaims
}

function parseObject(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
  } catch {
    return null
  }
}
