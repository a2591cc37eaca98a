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

/** In place of the network: what axios would have sent. */
async function answerHeaders(config: InternalAxiosRequestConfig) {
  const sent = Object.entries(config.headers.toJSON()).map(([name, value]) => [name.toLowerCase(), value])
  return { config, data: Object.fromEntries(sent) as unknown, status: 200, statusText: 'OK', headers: {} }
}

describe('a token of a test issuer', () => {
  it('has the claims of RFC 9068, and those that it is given', async () => {
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

  it('lacks a claim that is undefined, and has a header that is given', async () => {
    const { options, token } = createTestIssuer()
    const auth = createAuth({ ...options, typ: 'JWT' })
    const { subject } = await auth.verifyToken(token({ sub: undefined }, { typ: 'JWT' }))
    expect(subject).toBeNull()
    expect(await codeOf(auth.verifyToken(token()))).toBe('token_type_not_allowed')
  })

  it('is another one each time', () => {
    const { token } = createTestIssuer()
    expect(token()).not.toBe(token())
  })

  it('is of no worth to the API of another test issuer', async () => {
    const [ours, theirs] = [createTestIssuer(), createTestIssuer()]
    expect(await codeOf(createAuth(ours.options).verifyToken(theirs.token()))).toBe('key_not_found')
  })

  it('carries the claims of its issuer, unless it is given others', async () => {
    const { options, token } = createTestIssuer({ claims: { tenant: 'a', sub: 'jane' } })
    const auth = createAuth(options)
    expect((await auth.verifyToken(token())).claims).toMatchObject({ tenant: 'a', sub: 'jane' })
    expect((await auth.verifyToken(token({ tenant: 'b' }))).claims).toMatchObject({ tenant: 'b', sub: 'jane' })
  })
})

describe('asUser', () => {
  it('gives headers with the token beside them, which nobody sends by accident', async () => {
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
    ['of one request', (headers: RequestHeaders) => axios.get('/me', { headers, adapter: answerHeaders })],
    ['of one that has a body', (headers: RequestHeaders) => axios.post('/me', {}, { headers, adapter: answerHeaders })],
    ['of a client', (headers: RequestHeaders) => create({ headers, adapter: answerHeaders }).get('/me')],
  ])('gives headers that axios sends beside its own, as those %s', async (_name, send) => {
    const { asUser, bad } = createTestIssuer()
    for (const credentials of [asUser('john'), bad.expired()]) {
      const { data } = await send(credentials)
      expect(data).toMatchObject({ accept: expect.any(String), authorization: `Bearer ${credentials.token}` })
      expect(data).not.toHaveProperty('token')
    }
  })

  it('gives an object that is plain to who asks, and has what every object has', () => {
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
  ] as const)('puts the token where the API takes it from: %j', (tokenFrom, names) => {
    expect(Object.keys(createTestIssuer({ tokenFrom }).asUser('john'))).toEqual(names)
  })
})

describe('the clock of a test issuer', () => {
  it('is that of the API too: a token is over when its time has passed, to the second', async () => {
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

  it('brings the time of a token that was not active', async () => {
    const issuer = createTestIssuer()
    const auth = createAuth({ ...issuer.options, maxLifetimeSeconds: 600, maxTokenAgeSeconds: 600 })
    const { token } = issuer.bad.notActive()
    expect(await codeOf(auth.verifyToken(token))).toBe('token_not_active')
    issuer.advanceSeconds(3600)
    expect(await codeOf(auth.verifyToken(token))).toBe('accepted')
  })

  it('goes on with the clock beneath it, which may be that of fake timers', () => {
    let time = 5000
    const issuer = createTestIssuer({ now: () => time })
    issuer.advanceSeconds(1)
    time = 7000
    expect(issuer.now()).toBe(8000)
  })

  it.each([-1, Number.NaN, Infinity, '5'])('does not go by %j seconds', (seconds) => {
    const issuer = createTestIssuer()
    expect(() => issuer.advanceSeconds(seconds as number)).toThrow(
      expect.objectContaining({ name: 'ConfigError', option: 'seconds' }),
    )
  })
})

it('lets the API remember a token, as it does in production', async () => {
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
  it('stops a token that was let in before, and no other', async () => {
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

  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)('lets its tokens in, and no others: %s', async (algorithm) => {
    const issuer = createTestIssuer({ algorithm })
    for (const [name, value] of Object.entries(issuer.env)) vi.stubEnv(name, value)
    const auth = createAuth()
    expect((await auth.authenticate({ headers: issuer.asUser('john') })).subject).toBe('john')
    expect(await codeOf(auth.authenticate({ headers: issuer.bad.tampered() }))).toBe('signature_invalid')
    expect(await codeOf(auth.verifyToken(createTestIssuer({ algorithm }).token()))).toBe('signature_invalid')
  })
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
  ])('refuses %j by its name', (options, field) => {
    expect(() => createTestIssuer(options as never)).toThrow(
      expect.objectContaining({ name: 'ConfigError', option: field }),
    )
  })

  it('does not run in production, unless it is told so in code', () => {
    vi.stubEnv('NODE_ENV', 'production')
    expect(() => createTestIssuer()).toThrow(expect.objectContaining({ name: 'ConfigError', option: 'NODE_ENV' }))
    expect(createTestIssuer({ inProduction: true }).token()).toContain('.')
  })

  it('does not run where NODE_ENV cannot be read, unless it is told so in code', () => {
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

  it('shows no private key and no token to who prints it', () => {
    const issuer = createTestIssuer()
    const john = issuer.asUser('john')
    const printed = inspect(issuer, { depth: 9, showHidden: true }) + JSON.stringify(issuer)
    expect(printed).not.toMatch(/PRIVATE KEY|"d"|\bd: /)
    expect(JSON.stringify(john)).toBe(JSON.stringify({ authorization: `Bearer ${john.token}` }))
  })

  it('cannot be changed by a test for the tests after it', () => {
    const issuer = createTestIssuer()
    for (const part of [issuer, issuer.options, issuer.options.keys, issuer.env, issuer.bad, issuer.asUser('john')]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })
})
