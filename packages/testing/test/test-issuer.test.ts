import { inspect } from 'node:util'
import { createAuth } from '@claimcheck/core'
import type { KeySource } from '@claimcheck/core'
import { createTestIssuer } from '@claimcheck/testing'
import type { RequestHeaders } from '@claimcheck/testing'
import axios, { create } from 'axios'
import type { InternalAxiosRequestConfig } from 'axios'
import { afterEach, describe, expect, it, vi } from 'vitest'

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    ({ logCode }: { logCode?: string }) => logCode,
  )

/** An axios adapter without network: responds with the headers that axios would have sent. */
async function echoHeaders(config: InternalAxiosRequestConfig) {
  const sent = Object.entries(config.headers.toJSON()).map(([name, value]) => [name.toLowerCase(), value])
  return { config, data: Object.fromEntries(sent) as unknown, status: 200, statusText: 'OK', headers: {} }
}

describe('a token of a test issuer', () => {
  it('creates a token with the claims of RFC 9068 and custom claims', async () => {
    const now = () => 1_700_000_000_500
    const { options, token } = createTestIssuer({ now })
    const { claims, roles, scopes } = await createAuth({ ...options, profile: 'at+jwt' }).verifyToken(
      token({ sub: 'jane', roles: ['editor'], scope: 'read write', tenant: { id: 42 } }),
    )
    expect(claims).toMatchObject({
      iss: 'https://issuer.test',
      aud: 'https://api.test',
      client_id: 'test-client',
      sub: 'jane',
      iat: 1_700_000_000,
      exp: 1_700_000_600,
      tenant: { id: 42 },
    })
    expect([roles, scopes]).toEqual([['editor'], ['read', 'write']])
  })

  it('omits a claim that is undefined, and uses a custom header', async () => {
    const { options, token } = createTestIssuer()
    const auth = createAuth({ ...options, typ: 'JWT' })
    const { subject } = await auth.verifyToken(token({ sub: undefined }, { typ: 'JWT' }))
    expect(subject).toBeNull()
    expect(await codeOf(auth.verifyToken(token()))).toBe('token_type_not_allowed')
  })

  it('creates a different token each time', () => {
    const { token } = createTestIssuer()
    expect(token()).not.toBe(token())
  })

  it('creates a token that the API of another test issuer rejects', async () => {
    const [ours, theirs] = [createTestIssuer(), createTestIssuer()]
    expect(await codeOf(createAuth(ours.options).verifyToken(theirs.token()))).toBe('key_not_found')
  })

  it('creates a token with the claims of its issuer, unless they are replaced', async () => {
    const { options, token } = createTestIssuer({ claims: { tenant: 'a', sub: 'jane' } })
    const auth = createAuth(options)
    expect((await auth.verifyToken(token())).claims).toMatchObject({ tenant: 'a', sub: 'jane' })
    expect((await auth.verifyToken(token({ tenant: 'b' }))).claims).toMatchObject({ tenant: 'b', sub: 'jane' })
  })
})

describe('asUser', () => {
  it('returns headers with the token as a property that clients do not send', async () => {
    const { asUser, options } = createTestIssuer()
    const john = asUser('john', { admin: true })
    expect(Object.keys(john)).toEqual(['authorization'])
    expect({ ...john }).toEqual({ authorization: `Bearer ${john.token}` })
    expect([...new Headers(john).keys()]).toEqual(['authorization'])
    const seen: string[] = []
    for (const name in john) seen.push(name) // as supertest does
    expect(seen).toEqual(['authorization'])
    expect((await createAuth(options).verifyToken(john.token)).roles).toEqual(['admin'])
  })

  it.each([
    ['request', (headers: RequestHeaders) => axios.get('/me', { headers, adapter: echoHeaders })],
    ['request with a body', (headers: RequestHeaders) => axios.post('/me', {}, { headers, adapter: echoHeaders })],
    ['client', (headers: RequestHeaders) => create({ headers, adapter: echoHeaders }).get('/me')],
  ])('returns headers that axios adds to its own for a %s', async (_name, send) => {
    const { asUser, bad } = createTestIssuer()
    for (const credentials of [asUser('john'), bad.expired()]) {
      const { data } = await send(credentials)
      expect(data).toMatchObject({ accept: expect.any(String), authorization: `Bearer ${credentials.token}` })
      expect(data).not.toHaveProperty('token')
    }
  })

  it('returns headers that clients treat as a plain object', () => {
    const john = createTestIssuer().asUser('john')
    expect(Object.getPrototypeOf(Object.getPrototypeOf(john))).toBeNull()
    expect([Symbol.iterator in john, Symbol.toStringTag in john]).toEqual([false, false])
    expect(['hasOwnProperty' in john, Reflect.get(john, 'constructor')]).toEqual([true, Object])
    expect(structuredClone(john)).toEqual({ ...john })
  })

  it.each([
    [{ header: 'X-Access-Token' }, ['x-access-token']],
    [{ cookie: '__Host-access' }, ['cookie', 'sec-fetch-site']],
    [['authorization', { cookie: '__Host-access' }], ['authorization']],
  ] as const)('puts the token at the location from which the API reads it: %j', (tokenFrom, names) => {
    expect(Object.keys(createTestIssuer({ tokenFrom }).asUser('john'))).toEqual(names)
  })
})

describe('the clock of a test issuer', () => {
  it('moves the clock of the API, too, so that a token expires at the exact second', async () => {
    const issuer = createTestIssuer({ now: () => 1_700_000_000_000, lifetimeSeconds: 60 })
    const auth = createAuth(issuer.options)
    const token = issuer.token()
    issuer.advanceSeconds(64)
    expect(await codeOf(auth.verifyToken(token))).toBe('accepted')
    issuer.advanceSeconds(1)
    expect(await codeOf(auth.verifyToken(token))).toBe('token_expired')
    expect(await codeOf(auth.verifyToken(issuer.token()))).toBe('accepted')
    expect(issuer.now()).toBe(1_700_000_065_000)
  })

  it('moves the clock to the time at which a token becomes valid', async () => {
    const issuer = createTestIssuer()
    const auth = createAuth({ ...issuer.options, maxLifetimeSeconds: 600, maxTokenAgeSeconds: 600 })
    const { token } = issuer.bad.notActive()
    expect(await codeOf(auth.verifyToken(token))).toBe('token_not_active')
    issuer.advanceSeconds(3600)
    expect(await codeOf(auth.verifyToken(token))).toBe('accepted')
  })

  it('follows the clock of the options, such as fake timers', () => {
    let time = 5000
    const issuer = createTestIssuer({ now: () => time })
    issuer.advanceSeconds(1)
    time = 7000
    expect(issuer.now()).toBe(8000)
  })

  it.each([-1, Number.NaN, Infinity, '5'])('throws a ConfigError if the clock moves by %j seconds', (seconds) => {
    const issuer = createTestIssuer()
    expect(() => issuer.advanceSeconds(seconds as number)).toThrow(
      expect.objectContaining({ name: 'ConfigError', option: 'seconds' }),
    )
  })
})

it('lets the API cache a token as in production', async () => {
  const { options, token } = createTestIssuer()
  let finds = 0
  const find: KeySource['find'] = (header) => {
    finds++
    return options.keys.find(header)
  }
  const auth = createAuth({ ...options, keys: { ...options.keys, find } })
  const john = token()
  await auth.verifyToken(john)
  await auth.verifyToken(john)
  expect(finds).toBe(1)
})

describe('revoke', () => {
  it('revokes a token that was accepted before, and no other', async () => {
    const issuer = createTestIssuer()
    const auth = createAuth(issuer.options)
    const [john, jane] = [issuer.asUser('john'), issuer.asUser('jane')]
    expect(await codeOf(auth.authenticate({ headers: john }))).toBe('accepted')
    issuer.revoke(john.token)
    expect(await codeOf(auth.authenticate({ headers: john }))).toBe('token_revoked')
    expect(await codeOf(auth.authenticate({ headers: jane }))).toBe('accepted')
  })
})

describe('the environment of a test issuer', () => {
  afterEach(() => vi.unstubAllEnvs())

  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)(
    'configures an API by environment variables to accept only its tokens: %s',
    async (algorithm) => {
      const issuer = createTestIssuer({ algorithm })
      for (const [name, value] of Object.entries(issuer.env)) vi.stubEnv(name, value)
      const auth = createAuth()
      expect((await auth.authenticate({ headers: issuer.asUser('john') })).subject).toBe('john')
      expect(await codeOf(auth.authenticate({ headers: issuer.bad.tampered() }))).toBe('signature_invalid')
      expect(await codeOf(auth.verifyToken(createTestIssuer({ algorithm }).token()))).toBe('signature_invalid')
    },
  )
})

describe('createTestIssuer', () => {
  afterEach(() => vi.unstubAllEnvs())

  it.each([
    [{ isuer: 'x' }, 'isuer'],
    [{ issuer: '' }, 'issuer'],
    [{ audience: undefined }, 'audience'],
    [{ algorithm: 'HS256' }, 'algorithm'],
    [{ typ: 7 }, 'typ'],
    [{ claims: ['admin'] }, 'claims'],
    [{ lifetimeSeconds: 0 }, 'lifetimeSeconds'],
    [{ tokenFrom: { cookie: 'two words' } }, 'tokenFrom.cookie'],
    [{ now: 1_700_000_000_000 }, 'now'],
    [{ inProduction: 'yes' }, 'inProduction'],
    [[], 'options'],
  ])('throws a ConfigError that names the invalid option in %j', (options, field) => {
    expect(() => createTestIssuer(options as never)).toThrow(
      expect.objectContaining({ name: 'ConfigError', option: field }),
    )
  })

  it('throws a ConfigError in production unless inProduction is true', () => {
    vi.stubEnv('NODE_ENV', 'production')
    expect(() => createTestIssuer()).toThrow(expect.objectContaining({ name: 'ConfigError', option: 'NODE_ENV' }))
    expect(createTestIssuer({ inProduction: true }).token()).toContain('.')
  })

  it('throws a ConfigError if NODE_ENV cannot be read unless inProduction is true', () => {
    const denied = () => {
      throw new Error('Requires env access to "NODE_ENV"')
    }
    vi.stubGlobal('process', { env: new Proxy({}, { get: denied, getOwnPropertyDescriptor: denied }) })
    try {
      expect(() => createTestIssuer()).toThrow(expect.objectContaining({ name: 'ConfigError', option: 'NODE_ENV' }))
      expect(() => createTestIssuer()).toThrow('--allow-env=NODE_ENV')
      expect(createTestIssuer({ inProduction: true }).token()).toContain('.')
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it('prints no private key and no token', () => {
    const issuer = createTestIssuer()
    const john = issuer.asUser('john')
    const printed = inspect(issuer, { depth: 9, showHidden: true }) + JSON.stringify(issuer)
    expect(printed).not.toMatch(/PRIVATE KEY|"d"|\bd: /)
    expect(JSON.stringify(john)).toBe(JSON.stringify({ authorization: `Bearer ${john.token}` }))
  })

  it('freezes the test issuer, so that a test cannot change it for later tests', () => {
    const issuer = createTestIssuer()
    for (const part of [issuer, issuer.options, issuer.options.keys, issuer.env, issuer.bad, issuer.asUser('john')]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })
})
