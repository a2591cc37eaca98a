import { createHmac, generateKeyPairSync } from 'node:crypto'
import { createAuth, isAuthError, toErrorResponse } from '@claimcheck/core'
import type { AuthOptions } from '@claimcheck/core'
import { createDecrypter } from '@claimcheck/core/encryption'
import { CompactEncrypt, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'

const nowSeconds = 1_700_000_000
const issuer = 'https://issuer.example/'
const audience = 'https://api.example'
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const encryption = generateKeyPairSync('rsa', { modulusLength: 2048 })

const options: AuthOptions = {
  issuer,
  audience,
  keys: { publicKey },
  profile: 'at+jwt',
  now: () => nowSeconds * 1000,
}
const decrypting: AuthOptions = { ...options, decrypt: createDecrypter({ keys: encryption.privateKey }) }

/** The claims that RFC 9068 section 2.2 requires. */
const claims = {
  iss: issuer,
  aud: audience,
  sub: 'john',
  client_id: 'web',
  iat: nowSeconds - 60,
  exp: nowSeconds + 600,
  jti: 'a1',
}

/** Null omits `typ`. */
async function sign(more: object = {}, typ: string | null = 'at+jwt', key = privateKey): Promise<string> {
  const header = typ === null ? {} : { typ }
  return new SignJWT({ ...claims, ...more }).setProtectedHeader({ alg: 'ES256', ...header }).sign(key)
}

/** The same claims under another `alg`, signed by hand. */
function signAs(alg: string, signature: (input: string) => string): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const input = `${encode({ alg, typ: 'at+jwt' })}.${encode(claims)}`
  return `${input}.${signature(input)}`
}

const hmac = (input: string) =>
  createHmac('sha256', publicKey.export({ type: 'spki', format: 'pem' }))
    .update(input)
    .digest('base64url')

async function encrypt(token: string): Promise<string> {
  const header = { alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT' }
  return new CompactEncrypt(Buffer.from(token)).setProtectedHeader(header).encrypt(encryption.publicKey)
}

async function responseTo(settings: AuthOptions, token: string) {
  try {
    await createAuth(settings).authenticate({ headers: { authorization: `Bearer ${token}` } })
    return 'accepted'
  } catch (error) {
    if (!isAuthError(error)) throw error
    const { status, headers } = toErrorResponse(error)
    return [status, headers['WWW-Authenticate']?.match(/error="([^"]*)"/)?.[1]]
  }
}

const [head = '', , signature = ''] = (await sign()).split('.')
const [, otherPayload = ''] = (await sign({ sub: 'root' })).split('.')

describe('the validation of RFC 9068 section 4', async () => {
  it.each(['at+jwt', 'application/at+jwt', 'at+JWT'])('accepts a token with the typ %s', async (typ) => {
    expect(await responseTo(options, await sign({}, typ))).toBe('accepted')
  })

  it('accepts an encrypted token if a decrypter is configured', async () => {
    expect(await responseTo(decrypting, await encrypt(await sign()))).toBe('accepted')
  })

  it.each([
    ['another typ', options, await sign({}, 'JWT')],
    ['no typ', options, await sign({}, null)],
    ['no encryption although it is required', decrypting, await sign()],
    ['an iss without its trailing slash', options, await sign({ iss: issuer.slice(0, -1) })],
    ['an iss in another case', options, await sign({ iss: issuer.toUpperCase() })],
    ['the aud of another API', options, await sign({ aud: 'https://other.example' })],
    ['an aud that begins like ours', options, await sign({ aud: `${audience}.evil.example` })],
    ['the signature of another key', options, await sign({}, 'at+jwt', stranger.privateKey)],
    ['the signature of other claims', options, `${head}.${otherPayload}.${signature}`],
    ['the alg none', options, signAs('none', () => '')],
    ['an HMAC with the public key', options, signAs('HS256', hmac)],
    ['an exp that has passed', options, await sign({ exp: nowSeconds - 600 })],
  ])('responds with 401 and invalid_token to a token with %s', async (_fault, settings, token) => {
    expect(await responseTo(settings, token)).toEqual([401, 'invalid_token'])
  })

  it.each(Object.keys(claims))('responds with 401 and invalid_token to a token without %s', async (name) => {
    expect(await responseTo(options, await sign({ [name]: undefined }))).toEqual([401, 'invalid_token'])
  })
})
