import { describe, expect, it } from 'vitest'
import { createVerificationKey } from '../src/index.ts'
import { authWith, nowSeconds, resultOf, secret, sign } from './tokens.ts'
import type { Header } from './tokens.ts'

const codeWith = async (claims: object, options: object = {}, header: Header = {}) =>
  resultOf(authWith(options).verifyToken(await sign(claims, header)))

describe('iss', () => {
  it.each([
    'https://issuer.example/',
    'https://ISSUER.example',
    'https://issuer.example\u0000',
    '__proto__',
    'constructor',
  ])('rejects an iss that is not exactly the issuer: %j', async (iss) => {
    expect(await codeWith({ iss })).toBe('issuer_unknown')
  })

  it('rejects a token without an iss', async () => {
    expect(await codeWith({ iss: undefined })).toBe('issuer_unknown')
  })

  it('accepts any iss, or none, if issuer is null', async () => {
    expect(await codeWith({ iss: 'https://other.example' }, { issuer: null })).toBe('accepted')
    expect(await codeWith({ iss: undefined }, { issuer: null })).toBe('accepted')
    expect(await codeWith({ iss: ['https://issuer.example'] }, { issuer: null })).toBe('claim_invalid')
  })

  it.each([[['https://issuer.example']], [''], [null], [1], [{}]])(
    'rejects an iss that is not a non-empty string: %j',
    async (iss) => {
      expect(await codeWith({ iss })).toBe('claim_invalid')
    },
  )
})

describe('aud', () => {
  it('accepts an aud that contains other audiences too', async () => {
    expect(await codeWith({ aud: ['https://other.example', 'https://api.example'] })).toBe('accepted')
    expect(await codeWith({ aud: 'https://b.example' }, { audience: ['https://a.example', 'https://b.example'] })).toBe(
      'accepted',
    )
  })

  it.each([
    ['missing', undefined],
    ['for another API', 'https://other.example'],
    ['the audience with a suffix', 'https://api.example.evil.example'],
    ['the audience in another case', 'HTTPS://API.EXAMPLE'],
    ['a list separated by spaces', 'https://api.example https://other.example'],
    ['an empty array', []],
    ['an empty string', ''],
  ])('rejects an aud that is %s', async (_name, aud) => {
    expect(await codeWith({ aud })).toBe('audience_not_allowed')
  })

  it.each([
    [null],
    [true],
    [1],
    [{ 0: 'https://api.example', length: 1 }],
    [[['https://api.example']]],
    [['https://api.example', 1]],
  ])('rejects an aud that is not a string or an array of strings, even if audience is null: %j', async (aud) => {
    expect(await codeWith({ aud })).toBe('claim_invalid')
    expect(await codeWith({ aud }, { audience: null })).toBe('claim_invalid')
  })

  it('accepts any non-empty aud, or none, if audience is null', async () => {
    expect(await codeWith({ aud: 'https://other.example' }, { audience: null })).toBe('accepted')
    expect(await codeWith({ aud: ['https://other.example'] }, { audience: null })).toBe('accepted')
    expect(await codeWith({ aud: undefined }, { audience: null })).toBe('accepted')
    expect(await codeWith({ aud: [] }, { audience: null })).toBe('claim_invalid')
  })
})

describe('types of claims', () => {
  it.each(['sub', 'jti', 'client_id'])(
    'rejects a token whose %s is neither missing nor a non-empty string',
    async (name) => {
      for (const value of ['', null, 1, true, ['x'], { $gt: '' }]) {
        expect(await codeWith({ [name]: value })).toBe('claim_invalid')
      }
      expect(await codeWith({ [name]: undefined })).toBe('accepted')
      expect(await codeWith({ [name]: 'x' })).toBe('accepted')
    },
  )

  it.each(['exp', 'nbf', 'iat'])('rejects a token whose %s is not a finite number of seconds', async (name) => {
    for (const value of ['', String(nowSeconds + 60), null, true, [nowSeconds + 60], 2 ** 53, '2030-01-01T00:00:00Z']) {
      expect(await codeWith({ [name]: value })).toBe('claim_invalid')
    }
  })

  it('rejects a token without an exp, and accepts an exp with a fraction', async () => {
    expect(await codeWith({ exp: undefined })).toBe('claim_invalid')
    expect(await codeWith({ exp: nowSeconds + 0.5 })).toBe('accepted')
  })
})

describe('exp, nbf and iat', () => {
  const tolerances = [
    ['the default tolerance of 5 seconds', {}, 5],
    ['no tolerance', { clockToleranceSeconds: 0 }, 0],
    ['a tolerance of 300 seconds', { clockToleranceSeconds: 300 }, 300],
  ] as const

  it.each(tolerances)('rejects a token whose exp is reached, with %s', async (_name, options, tolerance) => {
    expect(await codeWith({ exp: nowSeconds - tolerance + 1 }, options)).toBe('accepted')
    expect(await codeWith({ exp: nowSeconds - tolerance }, options)).toBe('token_expired')
    expect(await codeWith({ exp: -1 }, options)).toBe('token_expired')
    expect(await codeWith({ exp: 0 }, options)).toBe('token_expired')
  })

  it.each(tolerances)(
    'accepts a token whose nbf is reached, and rejects an earlier one, with %s',
    async (_name, options, tolerance) => {
      expect(await codeWith({ nbf: nowSeconds + tolerance }, options)).toBe('accepted')
      expect(await codeWith({ nbf: nowSeconds + tolerance + 1 }, options)).toBe('token_not_active')
      expect(await codeWith({ nbf: nowSeconds * 1000 }, options)).toBe('token_not_active')
    },
  )

  it('rejects an iat in the future only if the age of tokens is limited', async () => {
    expect(await codeWith({ iat: nowSeconds + 60 })).toBe('accepted')
    expect(await codeWith({ iat: nowSeconds + 60 }, { maxTokenAgeSeconds: 600 })).toBe('token_not_active')
    expect(await codeWith({ iat: nowSeconds + 5 }, { maxTokenAgeSeconds: 600 })).toBe('accepted')
  })

  it('rejects a token that is older than maxTokenAgeSeconds or has no iat', async () => {
    expect(await codeWith({ iat: nowSeconds - 304 }, { maxTokenAgeSeconds: 300 })).toBe('accepted')
    expect(await codeWith({ iat: nowSeconds - 305 }, { maxTokenAgeSeconds: 300 })).toBe('token_expired')
    expect(await codeWith({ iat: undefined }, { maxTokenAgeSeconds: 300 })).toBe('claim_invalid')
    expect(await codeWith({ iat: undefined })).toBe('accepted')
  })

  it('rejects a token whose exp - iat is more than maxLifetimeSeconds, and accepts one without an exp if it is null', async () => {
    const iat = nowSeconds - 100
    expect(await codeWith({ iat, exp: iat + 300 }, { maxLifetimeSeconds: 300 })).toBe('accepted')
    expect(await codeWith({ iat, exp: iat + 301 }, { maxLifetimeSeconds: 300 })).toBe('claim_invalid')
    expect(await codeWith({ iat: undefined }, { maxLifetimeSeconds: 300 })).toBe('claim_invalid')
    expect(await codeWith({ exp: undefined }, { maxLifetimeSeconds: 300 })).toBe('claim_invalid')
    expect(await codeWith({ exp: undefined }, { maxLifetimeSeconds: null })).toBe('accepted')
    expect(await codeWith({ exp: nowSeconds - 60 }, { maxLifetimeSeconds: null })).toBe('token_expired')
    expect(await codeWith({ exp: 'soon' }, { maxLifetimeSeconds: null })).toBe('claim_invalid')
  })

  it('rejects every token if the clock does not return a time', async () => {
    for (const time of [Number.NaN, Infinity, undefined]) {
      const outcome = await resultOf(authWith({ now: () => time }).verifyToken(await sign()))
      expect(outcome).toBeInstanceOf(TypeError)
    }
  })

  it('rejects a token that expires while its key is fetched', async () => {
    let time = nowSeconds * 1000
    const key = createVerificationKey({ secret, algorithm: 'HS256' })
    const slow = authWith({
      now: () => time,
      keys: { find: async () => key, has: () => true },
      algorithms: ['HS256'],
    })
    const token = await sign({ exp: nowSeconds + 1 })
    const outcome = slow.verifyToken(token)
    time += 10_000
    expect(await resultOf(outcome)).toBe('token_expired')
  })
})

describe('option requiredClaims', () => {
  it('rejects a token without a required claim, and ignores inherited properties', async () => {
    const options = { requiredClaims: ['tenant', 'constructor'] }
    expect(await codeWith({ tenant: 'a' }, options)).toBe('claim_invalid')
    expect(await codeWith({ tenant: 'a', constructor: 1 }, options)).toBe('accepted')
    expect(await codeWith({}, { requiredClaims: ['tenant'] })).toBe('claim_invalid')
    expect(await codeWith({ tenant: null }, { requiredClaims: ['tenant'] })).toBe('claim_invalid')
    expect(await codeWith({ tenant: 0 }, { requiredClaims: ['tenant'] })).toBe('accepted')
  })

  it('requires the claims of RFC 9068 if profile is at+jwt', async () => {
    const full = { client_id: 'web', jti: 'j1' }
    const options = { profile: 'at+jwt' }
    expect(await codeWith(full, options, { typ: 'at+jwt' })).toBe('accepted')
    expect(await codeWith(full, options, { typ: 'application/AT+JWT' })).toBe('accepted')
    expect(await codeWith(full, options, { typ: 'JWT' })).toBe('token_type_not_allowed')
    expect(await codeWith(full, options)).toBe('token_type_not_allowed')
    for (const name of ['sub', 'client_id', 'iat', 'jti', 'exp']) {
      expect(await codeWith({ ...full, [name]: undefined }, options, { typ: 'at+jwt' })).toBe('claim_invalid')
    }
    const unchecked = { ...options, issuer: null, audience: null }
    expect(await codeWith({ ...full, iss: undefined }, unchecked, { typ: 'at+jwt' })).toBe('claim_invalid')
    expect(await codeWith({ ...full, aud: undefined }, unchecked, { typ: 'at+jwt' })).toBe('claim_invalid')
  })

  it('requires both the claims of the profile and those of requiredClaims', async () => {
    const options = { profile: 'at+jwt', requiredClaims: ['tenant'] }
    expect(await codeWith({ client_id: 'web', jti: 'j1' }, options, { typ: 'at+jwt' })).toBe('claim_invalid')
  })
})

describe('typ and other marks of the type of a token', () => {
  it.each([undefined, 'JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'APPLICATION/JWT'])(
    'accepts the typ %j by default',
    async (typ) => {
      expect(await codeWith({}, {}, typ === undefined ? {} : { typ })).toBe('accepted')
    },
  )

  it.each([
    '',
    'id_token+jwt',
    'secevent+jwt',
    'logout+jwt',
    'dpop+jwt',
    'at+jwt;charset=utf-8',
    'at+jwt x',
    'AT-JWT',
    '日本語',
  ])('rejects the typ %j by default', async (typ) => {
    expect(await codeWith({}, {}, { typ })).toBe('token_type_not_allowed')
  })

  it('accepts only the configured typ, and rejects a token without one', async () => {
    const options = { typ: 'application/Secevent+JWT' }
    expect(await codeWith({}, options, { typ: 'secevent+jwt' })).toBe('accepted')
    expect(await codeWith({}, options, { typ: 'JWT' })).toBe('token_type_not_allowed')
    expect(await codeWith({}, options)).toBe('token_type_not_allowed')
  })

  it.each([{ at_hash: 'x' }, { c_hash: 'x' }, { token_use: 'id' }, { token_use: 'refresh' }, { token_use: null }])(
    'rejects a token that has a mark of another type: %j',
    async (claims) => {
      expect(await codeWith(claims)).toBe('token_type_not_allowed')
    },
  )

  it('accepts a token with token_use access', async () => {
    expect(await codeWith({ token_use: 'access' })).toBe('accepted')
  })

  it.each([{ jkt: 'x' }, { 'x5t#S256': 'x' }, { kid: 'x' }, null, 'x', {}])(
    'rejects a token with the cnf %j as token_bound, unless tokenBinding is null',
    async (cnf) => {
      expect(await codeWith({ cnf })).toBe('token_bound')
      expect(await codeWith({ cnf }, { tokenBinding: null })).toBe('accepted')
    },
  )
})

describe('option tokenUse', () => {
  it.each([
    ['access', { token_use: 'access' }, 'accepted'],
    ['access', { at_hash: 'x' }, 'token_type_not_allowed'],
    ['id', { at_hash: 'x', c_hash: 'y', token_use: 'id' }, 'accepted'],
    ['id', {}, 'accepted'],
    ['id', { token_use: 'access' }, 'token_type_not_allowed'],
    [null, { at_hash: 'x', token_use: 'refresh' }, 'accepted'],
    ['access', { typ: 'ID' }, 'token_type_not_allowed'],
    ['access', { typ: 'Refresh' }, 'token_type_not_allowed'],
    ['access', { typ: 'Offline' }, 'token_type_not_allowed'],
    ['access', { typ: 'Bearer' }, 'accepted'],
    ['id', { typ: 'ID' }, 'accepted'],
    ['id', { typ: 'Logout' }, 'token_type_not_allowed'],
  ])('checks the claims of a token for tokenUse %j: %j → %s', async (tokenUse, claims, code) => {
    expect(await codeWith(claims, { tokenUse })).toBe(code)
  })
})

describe('option clients', () => {
  it.each([
    [{ azp: 'web' }, 'accepted'],
    [{ client_id: 'app' }, 'accepted'],
    [{ azp: 'web', client_id: 'app' }, 'accepted'],
    [{}, 'claim_invalid'],
    [{ azp: 'evil' }, 'claim_invalid'],
    [{ azp: 'web', client_id: 'evil' }, 'claim_invalid'],
    [{ azp: ['web'] }, 'claim_invalid'],
    [{ azp: null }, 'claim_invalid'],
  ])('checks that the client of a token is one of clients: %j → %s', async (claims, code) => {
    expect(await codeWith(claims, { clients: ['web', 'app'] })).toBe(code)
    expect(await codeWith({ azp: 'web' }, { clients: 'web' })).toBe('accepted')
  })
})

describe('order of the checks', () => {
  it('rejects a token for its header, issuer or exp before it looks for a key', async () => {
    const queries: unknown[] = []
    const find = (header: unknown) => {
      queries.push(header)
      throw new Error('not expected to be called')
    }
    const auth = authWith({ keys: { find, has: () => true }, algorithms: ['HS256'] })
    const expired = { exp: nowSeconds - 60 }
    expect(await resultOf(auth.verifyToken(await sign(expired, {}, 'another secret of thirty-two bytes')))).toBe(
      'token_expired',
    )
    expect(await resultOf(auth.verifyToken(await sign({ ...expired, iss: 'x' })))).toBe('issuer_unknown')
    expect(await resultOf(auth.verifyToken(await sign(expired, { typ: 'x' })))).toBe('token_type_not_allowed')
    expect(queries).toEqual([])
  })

  it('checks the signature before the audience', async () => {
    const forged = await sign({ aud: 'https://other.example' }, {}, 'another secret of thirty-two bytes')
    expect(await resultOf(authWith().verifyToken(forged))).toBe('signature_invalid')
  })
})
