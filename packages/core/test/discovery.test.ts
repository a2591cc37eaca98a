import { describe, expect, it } from 'vitest'
import { ConfigError, createAuth } from '../src/index.ts'
import type { AuthError, KeyOptions } from '../src/index.ts'
import { KeyServer, minute, settle } from './key-server.ts'
import type { KeyServerResponse } from './key-server.ts'
import { audience, keyPair, resultOf, sign as signAt } from './tokens.ts'

const pair = await keyPair('ES256', 'k1')
const keySet = { keys: [pair.jwk] }
const sign = (iss: string) => signAt({ iss, exp: 4e9 }, { alg: 'ES256', kid: 'k1' }, pair.privateKey)

function setUp(issuer: string, responses: Record<string, KeyServerResponse>, keys?: KeyOptions) {
  const server = new KeyServer()
  for (const [url, response] of Object.entries(responses)) server.responses.set(url, response)
  const auth = createAuth({ issuer, audience, ...(keys && { keys }), fetch: server.fetch, now: server.now })
  return { server, auth, codeOf: async () => resultOf(auth.verifyToken(await sign(issuer))) }
}

async function detailOf(issuer: string, responses: Record<string, KeyServerResponse>, keys?: KeyOptions) {
  const { server, auth } = setUp(issuer, responses, keys)
  const error = await auth.verifyToken(await sign(issuer)).catch((reason: unknown) => reason)
  return { logDetail: (error as AuthError).logDetail, fetched: server.fetched }
}

describe('discovery', () => {
  it.each([
    ['https://issuer.example', 'https://issuer.example/.well-known/openid-configuration'],
    ['https://issuer.example/', 'https://issuer.example/.well-known/openid-configuration'],
    ['https://issuer.example/realms/a', 'https://issuer.example/realms/a/.well-known/openid-configuration'],
    ['https://issuer.example/realms/a/', 'https://issuer.example/realms/a/.well-known/openid-configuration'],
    ['http://localhost:8080/a', 'http://localhost:8080/a/.well-known/openid-configuration'],
  ])('discovers the keys of %s from the OpenID Connect metadata', async (issuer, metadata) => {
    const jwksUri = `${new URL(issuer).origin}/keys`
    const { server, codeOf } = setUp(issuer, { [metadata]: { issuer, jwks_uri: jwksUri }, [jwksUri]: keySet })
    expect(await codeOf()).toBe('accepted')
    expect(server.fetched).toEqual([metadata, jwksUri])
  })

  it.each([
    ['https://issuer.example', 'https://issuer.example/.well-known/oauth-authorization-server'],
    ['https://issuer.example/a/b', 'https://issuer.example/.well-known/oauth-authorization-server/a/b'],
  ])(
    'discovers the keys of %s from the RFC 8414 metadata if there is no OpenID Connect metadata',
    async (issuer, metadata) => {
      const jwksUri = 'https://issuer.example/keys'
      const { server, codeOf } = setUp(issuer, { [metadata]: { issuer, jwks_uri: jwksUri }, [jwksUri]: keySet })
      expect(await codeOf()).toBe('accepted')
      expect(server.fetched).toEqual([`${issuer}/.well-known/openid-configuration`, metadata, jwksUri])
    },
  )

  const issuer = 'https://issuer.example'
  const openid = `${issuer}/.well-known/openid-configuration`
  const jwksUri = `${issuer}/keys`

  it.each([
    'https://issuer.example/',
    'https://ISSUER.example',
    'https://evil.example',
    undefined,
    ['https://issuer.example'],
  ])('rejects metadata with the issuer %j', async (named) => {
    const { logDetail, fetched } = await detailOf(issuer, {
      [openid]: { issuer: named, jwks_uri: jwksUri },
      [jwksUri]: keySet,
    })
    expect(logDetail).toBe(`cannot fetch keys: the metadata's "issuer" does not match`)
    expect(fetched).toEqual([openid])
  })

  it.each([
    ['missing', undefined, 'the metadata has no valid "jwks_uri"'],
    ['a number', 7, 'the metadata has no valid "jwks_uri"'],
    ['a relative URL', '/keys', 'the metadata has no valid "jwks_uri"'],
    ['an http URL', 'http://issuer.example/keys', `the metadata's "jwks_uri" is not an allowed https URL`],
    ['a URL of localhost', 'http://127.0.0.1:9000/keys', `the metadata's "jwks_uri" is not an allowed https URL`],
    [
      'a URL with a link-local address',
      'http://169.254.169.254/',
      `the metadata's "jwks_uri" is not an allowed https URL`,
    ],
    ['a file URL', 'file:///etc/passwd', `the metadata's "jwks_uri" is not an allowed https URL`],
    [
      'a URL with credentials',
      'https://a:b@issuer.example/keys',
      `the metadata's "jwks_uri" is not an allowed https URL`,
    ],
  ])('does not fetch a jwks_uri that is %s', async (_name, uri, reason) => {
    const { logDetail, fetched } = await detailOf(issuer, { [openid]: { issuer, jwks_uri: uri } })
    expect(logDetail).toBe(`cannot fetch keys: ${reason}`)
    expect(fetched).toEqual([openid])
  })

  it('does not fetch a jwks_uri by http from another port of localhost than that of the issuer', async () => {
    const local = 'http://127.0.0.1:4000'
    const metadata = `${local}/.well-known/openid-configuration`
    const { logDetail, fetched } = await detailOf(local, {
      [metadata]: { issuer: local, jwks_uri: 'http://127.0.0.1:4001/keys' },
    })
    expect(logDetail).toBe(`cannot fetch keys: the metadata's "jwks_uri" is not an allowed https URL`)
    expect(fetched).toEqual([metadata])
  })

  it('fetches keys by http from hosts in allowHttp, such as a service of a compose file', async () => {
    const publicIssuer = 'http://localhost:8080/realms/a'
    const metadata = `${publicIssuer}/.well-known/openid-configuration`
    const internalJwksUri = 'http://keycloak:8080/realms/a/keys'
    const responses = { [metadata]: { issuer: publicIssuer, jwks_uri: internalJwksUri }, [internalJwksUri]: keySet }
    expect(await setUp(publicIssuer, responses, { allowHttp: ['keycloak'] }).codeOf()).toBe('accepted')
    expect(await setUp(publicIssuer, responses, { allowHttp: ['Keycloak:8080'] }).codeOf()).toBe('accepted')
    expect(await setUp(publicIssuer, responses, { allowHttp: ['keycloak:9090'] }).codeOf()).toBe('keys_unavailable')
  })

  it('does not cache a failed discovery', async () => {
    const { server, codeOf } = setUp(issuer, { [openid]: 500, [jwksUri]: keySet })
    expect(await codeOf()).toBe('keys_unavailable')
    expect(server.fetched).toEqual([openid])
    server.responses.set(openid, { issuer, jwks_uri: jwksUri })
    server.time += 2000
    expect(await codeOf()).toBe('accepted')
  })

  it('repeats discovery if the old jwks_uri returns JSON without keys', async () => {
    const { server, codeOf } = setUp(issuer, { [openid]: { issuer, jwks_uri: jwksUri }, [jwksUri]: keySet })
    await codeOf()
    server.responses.set(jwksUri, { error: 'moved' })
    server.responses.set(openid, { issuer, jwks_uri: `${issuer}/moved` })
    server.responses.set(`${issuer}/moved`, keySet)
    for (const wait of [11, 1]) {
      server.time += wait * minute
      await codeOf()
      await settle()
    }
    expect(server.fetched.slice(2)).toEqual([jwksUri, openid, `${issuer}/moved`])
  })

  it('caches metadata for an hour, and repeats discovery after the keys could not be fetched', async () => {
    const { server, codeOf } = setUp(issuer, { [openid]: { issuer, jwks_uri: jwksUri }, [jwksUri]: keySet })
    await codeOf()
    server.time += 11 * minute
    await codeOf()
    await settle()
    expect(server.fetched).toEqual([openid, jwksUri, jwksUri])
    server.responses.set(jwksUri, 404)
    server.responses.set(`${issuer}/moved`, keySet)
    server.responses.set(openid, { issuer, jwks_uri: `${issuer}/moved` })
    server.time += 11 * minute
    await codeOf()
    await settle()
    server.time += 1 * minute
    await codeOf()
    await settle()
    expect(server.fetched.slice(3)).toEqual([jwksUri, openid, `${issuer}/moved`])
    server.time += 61 * minute
    await codeOf()
    expect(server.fetched.slice(6)).toEqual([openid, `${issuer}/moved`])
  })
})

describe('allowed sources of keys', () => {
  const fieldOf = (options: object) => {
    try {
      createAuth({ issuer: 'https://issuer.example', audience, ...options })
    } catch (error) {
      if (error instanceof ConfigError) return error.option
    }
    return 'no ConfigError'
  }

  it.each([
    'http://issuer.example/keys',
    'http://192.168.0.1/keys',
    'http://127.0.0.1.evil.example/keys',
    'http://localhost.evil.example/keys',
    'file:///etc/jwks.json',
    'https://user:password@issuer.example/keys',
    '/keys',
    '',
  ])('throws a ConfigError for the jwksUrl %j', (jwksUrl) => {
    expect(fieldOf({ keys: { jwksUrl } })).toBe('keys.jwksUrl')
  })

  it.each(['https://issuer.example/keys', 'http://localhost:1/keys', 'http://127.1.2.3/keys', 'http://[::1]:80/keys'])(
    'accepts the jwksUrl %s',
    (jwksUrl) => {
      expect(fieldOf({ keys: { jwksUrl } })).toBe('no ConfigError')
    },
  )

  it('accepts an http URL of a host in allowHttp', () => {
    expect(fieldOf({ keys: { jwksUrl: 'http://keycloak:8080/keys', allowHttp: ['keycloak'] } })).toBe('no ConfigError')
    expect(fieldOf({ keys: { jwksUrl: 'http://keycloak:8080/keys', allowHttp: ['other'] } })).toBe('keys.jwksUrl')
    expect(fieldOf({ keys: { jwksUrl: 'https://a.example', allowHttp: 'keycloak' } })).toBe('keys.allowHttp')
    expect(fieldOf({ keys: { jwksUrl: 'https://a.example', allowHttp: ['http://keycloak'] } })).toBe(
      'keys.allowHttp[0]',
    )
    expect(fieldOf({ keys: { secret: 'x'.repeat(32), allowHttp: ['keycloak'] } })).toBe('keys.allowHttp')
  })

  it('throws a ConfigError if keys are omitted and the issuer is not an allowed URL', () => {
    expect(fieldOf({ issuer: 'http://issuer.example' })).toBe('issuer')
    expect(fieldOf({ issuer: 'http://keycloak:8080/realms/a', keys: { allowHttp: ['keycloak'] } })).toBe(
      'no ConfigError',
    )
  })

  it('throws a ConfigError for an HMAC algorithm with discovered keys', () => {
    expect(fieldOf({ algorithms: ['HS256'] })).toBe('algorithms')
  })

  it.each([[-1], [604_801], [Infinity], [null], ['4h']])(
    'throws a ConfigError if maxStaleSeconds is %j',
    (maxStaleSeconds) => {
      expect(fieldOf({ maxStaleSeconds })).toBe('maxStaleSeconds')
    },
  )

  it('throws a ConfigError if fetch is not a function', () => {
    expect(fieldOf({ fetch: 'https' })).toBe('fetch')
  })
})
