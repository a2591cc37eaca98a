import type { IncomingMessage } from 'node:http'
import type { AccessToken, LoginClaims } from '@claimcheck/issuer'
import { parseJsonObject } from '../lib/json.ts'
import type { JsonObject } from '../lib/json.ts'

/** A response of the token endpoint, sent as JSON (RFC 6749 sections 5.1 and 5.2). */
export interface TokenResponse {
  readonly status: 200 | 400
  readonly body: JsonObject
}

/** What the token endpoint needs. */
export interface TokenEndpoint {
  readonly login: (claims: LoginClaims) => Promise<AccessToken>
  /** The claims of a token whose request has no `username`. */
  readonly defaultClaims: LoginClaims
}

const maxBodyBytes = 16_384
const grantTypes = ['client_credentials', 'password']

/**
 * Returns a token for every request, without a password: this is a development issuer. The token is for the default user,
 * or for `username` with only the scopes and claims of the request.
 */
export async function handleTokenRequest(request: IncomingMessage, endpoint: TokenEndpoint): Promise<TokenResponse> {
  const text = await readBody(request)
  if (text === null) return failed('invalid_request', `The body must be shorter than ${maxBodyBytes} bytes`)
  const parameters = parseParameters(text, request.headers['content-type'] ?? '')
  if (parameters === null) return failed('invalid_request', 'The body must be a form or a JSON object')
  const grantType = parameters['grant_type'] ?? 'client_credentials'
  if (typeof grantType !== 'string' || !grantTypes.includes(grantType)) {
    return failed('unsupported_grant_type', `grant_type must be ${grantTypes.join(' or ')}, or absent`)
  }
  const claims = readClaims(parameters, endpoint.defaultClaims)
  if (claims === null) return failed('invalid_request', 'claims must be a JSON object')
  try {
    const { accessToken, expiresIn } = await endpoint.login(claims)
    return { status: 200, body: { access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn } }
  } catch (error) {
    // The issuer rejects claims such as exp. The message names the claim and not its value.
    if (error instanceof TypeError) return failed('invalid_request', error.message)
    throw error
  }
}

function failed(error: string, description: string): TokenResponse {
  return { status: 400, body: { error, error_description: description } }
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function parseParameters(text: string, contentType: string): JsonObject | null {
  const isJson = text.trimStart().startsWith('{') || /^application\/json\b/i.test(contentType)
  return isJson ? parseJsonObject(text) : Object.fromEntries(new URLSearchParams(text))
}

function readClaims(parameters: JsonObject, defaultClaims: LoginClaims): LoginClaims | null {
  const { username, scope, claims } = parameters
  const custom = typeof claims === 'string' ? parseJsonObject(claims) : (claims ?? {})
  if (custom === null || typeof custom !== 'object' || Array.isArray(custom)) return null
  const base = username === undefined ? defaultClaims : { sub: username }
  // The issuer rejects values of the wrong type.
  return { ...base, ...(scope === undefined ? {} : { scope }), ...custom } as LoginClaims
}
