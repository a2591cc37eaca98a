import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { AuthError, ConfigError, isAuthError, authErrorCodes, toErrorResponse } from '../src/index.ts'
import type { AuthErrorCode, RequestLike } from '../src/index.ts'
import { authWith, bearer, nowSeconds, sign } from './tokens.ts'

const statuses: Record<AuthErrorCode, number> = {
  token_missing: 401,
  request_malformed: 400,
  cross_site_request: 403,
  token_malformed: 401,
  token_too_large: 401,
  token_type_not_allowed: 401,
  algorithm_not_allowed: 401,
  issuer_unknown: 401,
  audience_not_allowed: 401,
  key_not_found: 401,
  signature_invalid: 401,
  token_expired: 401,
  token_not_active: 401,
  claim_invalid: 401,
  token_bound: 401,
  token_revoked: 401,
  scope_insufficient: 403,
  access_denied: 403,
  keys_unavailable: 503,
  revocation_unavailable: 503,
}

async function errorOf(auth: ReturnType<typeof authWith>, request: RequestLike): Promise<AuthError> {
  const error = await auth.authenticate(request).catch((reason: unknown) => reason)
  if (isAuthError(error)) return error
  throw error
}

describe('toErrorResponse', () => {
  it('returns the documented bytes of an error response', async () => {
    const error = await errorOf(authWith(), bearer(await sign({ exp: nowSeconds - 60 })))
    expect(toErrorResponse(error)).toEqual({
      status: 401,
      headers: {
        'WWW-Authenticate': 'Bearer realm="api", error="invalid_token", error_description="The token has expired"',
        'Cache-Control': 'no-store',
        'Content-Type': 'application/problem+json',
      },
      body: '{"type":"about:blank","title":"Unauthorized","status":401,"detail":"The token has expired","code":"token_expired"}',
      code: 'token_expired',
      problem: {
        type: 'about:blank',
        title: 'Unauthorized',
        status: 401,
        detail: 'The token has expired',
        code: 'token_expired',
      },
    })
  })

  it('includes the realm and the problem type of the Auth in an error response', async () => {
    const auth = authWith({ realm: 'orders', problemTypeBase: 'https://example.com/errors#' })
    const { headers, body } = toErrorResponse(await errorOf(auth, { headers: {} }))
    expect(headers['WWW-Authenticate']).toBe('Bearer realm="orders"')
    expect(JSON.parse(body)).toMatchObject({ type: 'https://example.com/errors#token_missing', code: 'token_missing' })
  })

  it('adds Retry-After to a 503, and no challenge', () => {
    const { status, headers, body } = toErrorResponse(new AuthError('keys_unavailable', { retryAfterSeconds: 29.2 }))
    expect([status, headers['Retry-After'], headers['WWW-Authenticate']]).toEqual([503, '30', undefined])
    expect(JSON.parse(body)).toMatchObject({ title: 'Service Unavailable' })
    expect(toErrorResponse(new AuthError('revocation_unavailable')).headers['Retry-After']).toBe('10')
    expect(new AuthError('keys_unavailable', { retryAfterSeconds: 0 }).headers['Retry-After']).toBe('0')
  })

  it.each([
    ['request_malformed', 'Bad Request'],
    ['token_missing', 'Unauthorized'],
    ['access_denied', 'Forbidden'],
    ['keys_unavailable', 'Service Unavailable'],
  ] as const)('uses the HTTP name of the status as the title: %s, %s', (code, title) => {
    expect(JSON.parse(toErrorResponse(new AuthError(code)).body)).toMatchObject({ title })
  })

  it.each(authErrorCodes)('returns for %s its status, and a challenge of one line that RFC 6750 allows', (code) => {
    const error = new AuthError(code, {
      logDetail: 'for the log',
      scopes: code === 'scope_insufficient' ? ['a', 'b'] : [],
    })
    const { status, headers, body } = toErrorResponse(error)
    expect(status).toBe(statuses[code])
    expect(error.expose).toBe(status < 500)
    expect(body).not.toContain('for the log')
    expect(headers['Cache-Control']).toBe('no-store')
    const challenge = headers['WWW-Authenticate']
    if (['access_denied', 'cross_site_request'].includes(code) || status === 503) expect(challenge).toBeUndefined()
    else
      expect(challenge).toMatch(
        /^Bearer realm="api"(, error="[a-z_]+", error_description="[\x20\x21\x23-\x5B\x5D-\x7E]+"(, scope="a b")?)?$/,
      )
  })

  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')

  it.each(authErrorCodes)('docs/errors.md states the status and message of %s', (code) => {
    const { status, message } = new AuthError(code)
    expect(page).toContain(`## ${code}\n\n**${status}** · ${message}\n`)
  })

  it('docs/errors.md has exactly one heading for each error code, and no others', () => {
    const headings = [...page.matchAll(/^## `?([a-z_]+)`?$/gm)].map(([, code]) => code)
    expect(new Set(headings)).toEqual(new Set(authErrorCodes))
    expect(headings).toHaveLength(authErrorCodes.length)
  })
})

describe('AuthError', () => {
  it('throws a TypeError for scopes and retryAfterSeconds that are not allowed in a header', () => {
    for (const scope of ['read write', 'a"b', 'a\\b', 'a\r\nX: y', '', 'ä', 1 as unknown as string]) {
      expect(() => new AuthError('scope_insufficient', { scopes: [scope] })).toThrow(
        new TypeError('scopes must be printable ASCII without spaces, quotes and backslashes'),
      )
    }
    for (const retryAfterSeconds of [Number.NaN, Infinity, -1, '5\r\nX: y' as unknown as number]) {
      expect(() => new AuthError('keys_unavailable', { retryAfterSeconds })).toThrow(
        new TypeError('retryAfterSeconds must be a finite number, 0 or more'),
      )
    }
    expect(() => new AuthError('constructor' as AuthErrorCode)).toThrow(
      'Unknown error code: expected one of authErrorCodes',
    )
  })

  it('isAuthError recognizes an AuthError, even from another copy of the package', () => {
    expect(isAuthError(new AuthError('token_missing'))).toBe(true)
    const foreign = Object.assign(new Error('x'), { [Symbol.for('claimcheck.AuthError')]: true })
    expect(isAuthError(foreign)).toBe(true)
    expect(isAuthError(new (class extends AuthError {})('token_missing'))).toBe(true)
    for (const other of [new Error('x'), null, undefined, {}, { [Symbol.for('claimcheck.AuthError')]: true }]) {
      expect(isAuthError(other)).toBe(false)
    }
  })

  it('isAuthError ignores a brand on Object.prototype', () => {
    const brand = Symbol.for('claimcheck.AuthError')
    Reflect.defineProperty(Object.prototype, brand, { value: true, configurable: true })
    try {
      expect([isAuthError(new Error('x')), isAuthError(new AuthError('token_missing'))]).toEqual([false, true])
    } finally {
      Reflect.deleteProperty(Object.prototype, brand)
    }
  })

  it('keeps all properties of an AuthError that a key source throws', async () => {
    const cause = new Error('no key today')
    const find = () => {
      throw new AuthError('key_not_found', { logDetail: 'gone', scopes: ['read'] }, { cause })
    }
    const error = await errorOf(
      authWith({ keys: { find, has: () => true }, algorithms: ['HS256'] }),
      bearer(await sign()),
    )
    expect(error).toMatchObject({ logCode: 'key_not_found', logDetail: 'gone', cause })
    expect(error.headers['WWW-Authenticate']).toContain('scope="read"')
  })

  it.each([{ code: 'key_not_found' }, { code: 'signature_invalid', logCode: 'key_not_found' }])(
    'keeps the log code of an AuthError from another copy of the package that a key source throws: %o',
    async (codes) => {
      const brand = { [Symbol.for('claimcheck.AuthError')]: true }
      const find = () => {
        throw Object.assign(new Error('foreign'), codes, { logDetail: 'gone' }, brand)
      }
      const keys = { find, has: () => true }
      const error = await errorOf(authWith({ keys, algorithms: ['HS256'] }), bearer(await sign()))
      expect([error.code, error.logCode]).toEqual(['signature_invalid', 'key_not_found'])
    },
  )

  it('keeps code, logDetail and cause of an AuthError from another copy of the package that a key source throws', async () => {
    const parts = { code: 'keys_unavailable', logDetail: 'down', [Symbol.for('claimcheck.AuthError')]: true }
    const cause = new Error('no network')
    const find = () => {
      throw Object.assign(new Error('foreign', { cause }), parts)
    }
    const error = await errorOf(
      authWith({ keys: { find, has: () => true }, algorithms: ['HS256'] }),
      bearer(await sign()),
    )
    expect(error).toMatchObject({ code: 'keys_unavailable', logDetail: 'down', cause })
    expect(error.headers['Retry-After']).toBe('10')
  })

  it('includes headers that a middleware adds to an AuthError, such as those for CORS', () => {
    const error = new AuthError('token_missing')
    error.headers = { ...error.headers, Vary: 'Origin' }
    expect(toErrorResponse(error).headers).toMatchObject({ 'Cache-Control': 'no-store', Vary: 'Origin' })
  })

  it.each([
    ['AuthError', AuthError],
    ['ConfigError', ConfigError],
  ])('%s has a writable name, like other errors', (_name, kind) => {
    const { value: _value, ...attributes } = Object.getOwnPropertyDescriptor(Error.prototype, 'name') ?? {}
    expect(Object.getOwnPropertyDescriptor(kind.prototype, 'name')).toEqual({ value: kind.name, ...attributes })
  })

  it('serializes the code and status of an AuthError, but not its logDetail and cause', () => {
    const error = new AuthError(
      'keys_unavailable',
      { logDetail: 'the key source failed' },
      { cause: new Error('connect 10.0.0.1') },
    )
    expect(error.name).toBe('AuthError')
    expect(JSON.stringify(error)).not.toContain('10.0.0.1')
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'keys_unavailable',
      status: 503,
      expose: false,
    })
    expect(error.logDetail).toBe('the key source failed')
    expect(inspect(error)).toContain("code: 'keys_unavailable'")
  })
})

describe('public error codes', () => {
  const secret = 'for the log alone'
  const unknownKey = () => new AuthError('key_not_found', { logDetail: secret }, { cause: new Error(secret) })

  it('an AuthError for an unknown key has the code signature_invalid and the logCode key_not_found', () => {
    const { code, logCode, message, logDetail } = unknownKey()
    expect({ code, logCode, logDetail }).toEqual({
      code: 'signature_invalid',
      logCode: 'key_not_found',
      logDetail: secret,
    })
    expect(message).toBe(new AuthError('signature_invalid').message)
  })

  it.each(authErrorCodes)('an AuthError has the status and message of its public code: %s', (logCode) => {
    const error = new AuthError(logCode)
    expect(error.logCode).toBe(logCode)
    const { code, status, message } = new AuthError(error.code)
    expect([error.code, error.status, error.message]).toEqual([code, status, message])
  })

  it.each<readonly [string, (error: AuthError) => unknown]>([
    ['JSON.stringify', (error) => JSON.stringify(error)],
    ['JSON.stringify of a copy', (error) => JSON.stringify(Object.fromEntries(Object.entries(error)))],
    ['Object.assign', (error) => JSON.stringify(Object.assign({}, error))],
    [
      'for in',
      (error) => JSON.stringify(Object.fromEntries(namesIn(error).map((name) => [name, Reflect.get(error, name)]))),
    ],
    ['structuredClone', (error) => JSON.stringify(Object.entries(structuredClone(error)))],
    ['String', String],
    ['message', (error) => error.message],
    ['headers', (error) => JSON.stringify(error.headers)],
    ['type', (error) => error.type],
    ['inspect', (error) => inspect(error).split('[cause]')[0]],
    ['toErrorResponse', (error) => JSON.stringify(toErrorResponse(error))],
    // Fastify reads errors in this way to fill a response schema.
    [
      'an object that inherits from it',
      (error) => {
        const { code, status, type, logDetail, headers, logCode } = Object.create(error) as AuthError
        return JSON.stringify({ code, status, type, logDetail, headers, logCode })
      },
    ],
  ])('hides logCode, logDetail and cause of an AuthError from serializers: %s', (_name, view) => {
    const shown = view(unknownKey())
    expect(shown).not.toMatch(/key_not_found|for the log alone/)
  })

  it('uses the public code in the problem type', async () => {
    const auth = authWith({
      problemTypeBase: 'https://example.com/errors#',
      keys: {
        find: () => {
          throw unknownKey()
        },
        has: () => true,
      },
      algorithms: ['HS256'],
    })
    const error = await errorOf(auth, bearer(await sign()))
    expect([error.logCode, error.type]).toEqual(['key_not_found', 'https://example.com/errors#signature_invalid'])
  })

  it('keeps the public code after Object.prototype was polluted', () => {
    Reflect.defineProperty(Object.prototype, 'publicCode', { value: 'access_denied', configurable: true })
    try {
      expect(new AuthError('token_expired').code).toBe('token_expired')
    } finally {
      Reflect.deleteProperty(Object.prototype, 'publicCode')
    }
  })

  it('keeps an unknown code of an AuthError from another copy of the package', () => {
    const parts = { code: 'credential_invalid', status: 401, headers: {}, type: 'about:blank' }
    const foreign: unknown = Object.assign(new Error('x'), parts, { [Symbol.for('claimcheck.AuthError')]: true })
    const body = isAuthError(foreign) ? toErrorResponse(foreign).body : ''
    expect(JSON.parse(body)).toMatchObject({ title: 'Unauthorized', code: 'credential_invalid' })
  })
})

function namesIn(error: object): readonly string[] {
  const names: string[] = []
  for (const name in error) names.push(name)
  return names
}
