import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'
import { AuthError, createVerificationKey } from '../src/index.ts'
import { authWith, baseClaims, nowSeconds, secret, sign, signText } from './tokens.ts'
import type { Header } from './tokens.ts'

/** The logCode and logDetail of the AuthError that a promise rejects with. */
async function logLineOf(outcome: Promise<unknown>): Promise<string> {
  const error = await outcome.catch((reason: unknown) => reason)
  return error instanceof AuthError ? `${error.logCode}: ${error.logDetail}` : String(error)
}

const source = (find: () => unknown) => ({ keys: { find, has: () => true }, algorithms: ['HS256'] })
const header = '{"alg":"HS256"}'
const payload = JSON.stringify(baseClaims)
const part = base64url.encode

describe('logDetail', () => {
  it.each([
    [undefined, 'not a string'],
    ['a', 'not a compact JWS (expected three parts)'],
    ['a.b', 'not a compact JWS (expected three parts)'],
    [`!.${part(payload)}.x`, 'the header is not canonical base64url of UTF-8 text'],
    [`${part('[]')}.x.x`, 'the header is not a JSON object, repeats a property, or is nested too deeply'],
    [`${part(header)}.!.x`, 'the payload is not canonical base64url of UTF-8 text'],
    [`${part(header)}.${part('1')}.x`, 'the payload is not a JSON object, repeats a property, or is nested too deeply'],
    [`${part(header)}.${part(payload)}.x`, 'the signature is not canonical base64url'],
    [`${part('{"alg":"HS256","crit":["b64"]}')}.x.x`, 'the header parameter crit is not supported'],
    [`${part('{"alg":"HS256","b64":false}')}.x.x`, 'the header parameter b64 is not supported'],
    [`${part('{"alg":"HS256","zip":"DEF"}')}.x.x`, 'the header parameter zip is not supported'],
    [`${part('{"alg":1}')}.x.x`, 'the header parameter alg must be a string'],
    [`${part('{"alg":"HS256","kid":1}')}.x.x`, 'the header parameter kid must be a string'],
    [`${part('{"alg":"HS256","typ":1}')}.x.x`, 'the header parameter typ must be a string'],
  ])('describes for the log why the token %j is malformed: %s', async (token, detail) => {
    expect(await logLineOf(authWith().verifyToken(token as string))).toBe(`token_malformed: ${detail}`)
  })

  it.each([
    [
      { headers: {}, rawHeaders: ['Authorization', 'x', 'authorization', 'y'] },
      'the authorization header appears more than once',
    ],
    [{ headers: { authorization: ['Bearer x', 'Bearer y'] } }, 'the authorization header appears more than once'],
    [{ headers: { authorization: 'Bearer' } }, 'the scheme must be followed by a space and a token'],
    [{ headers: { authorization: 'Bearer a b' } }, 'the credentials are not a single token68'],
    [{ headers: { cookie: 'access=a; access=b' } }, 'the cookie appears more than once'],
  ])('describes for the log why the request %j is malformed', async (request, detail) => {
    const auth = authWith({ tokenFrom: ['authorization', { cookie: 'access' }] })
    expect(await logLineOf(auth.authenticate(request))).toBe(`request_malformed: ${detail}`)
  })

  it.each([
    ['token_type_not_allowed: typ is not an expected type', {}, {}, { typ: 'x' }],
    [
      'algorithm_not_allowed: alg is not an allowed algorithm',
      {},
      { algorithms: ['HS512'], keys: { secret: secret.repeat(2) } },
    ],
    ['claim_invalid: iss must be a non-empty string', { iss: '' }],
    ['issuer_unknown: iss is not a configured issuer', { iss: 'x' }],
    ['claim_invalid: exp must be a finite number of seconds', { exp: 'x' }],
    ['claim_invalid: exp is missing', { exp: undefined }],
    ['token_expired: null', { exp: 1 }],
    ['signature_invalid: null', {}, { keys: { secret: secret.toUpperCase() } }],
    ['claim_invalid: sub must be a non-empty string', { sub: '' }],
    ['token_type_not_allowed: at_hash, c_hash, token_use or typ indicates another kind of token', { at_hash: 'x' }],
    ['token_bound: cnf binds the token to a key, and proof of possession is not checked', { cnf: {} }],
    ['claim_invalid: aud must be a string or an array of strings', { aud: 1 }],
    ['claim_invalid: aud must not be empty', { aud: [] }, { audience: null }],
    ['audience_not_allowed: aud contains no accepted audience', { aud: 'x' }],
    ['audience_not_allowed: aud contains no accepted audience', { aud: ['x'] }],
    ['audience_not_allowed: aud is missing', { aud: undefined }],
    ['claim_invalid: azp and client_id are missing, or name a client that is not accepted', {}, { clients: 'web' }],
    ['claim_invalid: the required claim tenant is missing', {}, { requiredClaims: ['tenant'] }],
    ['claim_invalid: nbf must be a finite number of seconds', { nbf: 'x' }],
    ['token_not_active: nbf is in the future', { nbf: nowSeconds + 60 }],
    ['claim_invalid: iat must be a finite number of seconds', { iat: 'x' }],
    [
      'claim_invalid: iat is missing, but maxTokenAgeSeconds requires it',
      { iat: undefined },
      { maxTokenAgeSeconds: 60 },
    ],
    ['token_not_active: iat is in the future', { iat: nowSeconds + 60 }, { maxTokenAgeSeconds: 60 }],
    ['token_expired: iat is longer ago than maxTokenAgeSeconds', { iat: nowSeconds - 90 }, { maxTokenAgeSeconds: 60 }],
    [
      'claim_invalid: exp or iat is missing, but maxLifetimeSeconds requires both',
      { iat: undefined },
      { maxLifetimeSeconds: 60 },
    ],
    [
      'claim_invalid: exp - iat exceeds maxLifetimeSeconds, or maxTokenLifetimeSeconds of the revocation list',
      {},
      { maxLifetimeSeconds: 60 },
    ],
    ['token_too_large: longer than 50 bytes', {}, { maxTokenBytes: 50 }],
    ['keys_unavailable: the key source did not return a VerificationKey', {}, source(async () => 'a key')],
    ['keys_unavailable: the key source failed', {}, source(() => Promise.reject(new Error('down')))],
  ] as [string, object, object?, Header?][])(
    'reports to the log "%s"',
    async (line, claims, options = {}, parameters = {}) => {
      expect(await logLineOf(authWith(options).verifyToken(await sign(claims, parameters)))).toBe(line)
    },
  )

  it('reports to the log that a key is for another algorithm', async () => {
    const key = createVerificationKey({ secret: secret.repeat(2), algorithm: 'HS512' })
    const auth = authWith(source(() => key))
    expect(await logLineOf(auth.verifyToken(await signText(header, payload)))).toBe(
      'algorithm_not_allowed: the key is for a different algorithm',
    )
  })
})
