import { describe, expect, it } from 'vitest'
import { ConfigError, createAuth } from '../src/index.ts'
import type { AuthError, KeySettings } from '../src/index.ts'
import { KeyServer, minute, settle } from './key-server.ts'
import type { Answer } from './key-server.ts'
import { audience, keyPair, refusalOf, sign as signAt } from './tokens.ts'

const pair = await keyPair('ES256', 'k1')
const keySet = { keys: [pair.jwk] }
const sign = (iss: string) => signAt({ iss, exp: 4e9 }, { alg: 'ES256', kid: 'k1' }, pair.privateKey)

function setUp(issuer: string, answers: Record<string, Answer>, keys?: KeySettings) {
  const server = new KeyServer()
  for (const [url, answer] of Object.entries(answers)) server.answers.set(url, answer)
  const auth = createAuth({ issuer, audience, ...(keys && { keys }), fetch: server.fetch, now: server.now })
  return { server, auth, codeOf: async () => refusalOf(auth.verifyToken(await sign(issuer))) }
}

async function detailOf(issuer: string, answers: Record<string, Answer>, keys?: KeySettings) {
  const { server, auth } = setUp(issuer, answers, keys)
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
  ])('of %s asks OpenID Connect’s metadata for the keys', async (issuer, metadata) => {
    const jwksUri = `${new URL(issuer).origin}/keys`
    const { server, codeOf } = setUp(issuer, { [metadata]: { issuer, jwks_uri: jwksUri }, [jwksUri]: keySet })
    expect(await codeOf()).toBe('accepted')
    expect(server.fetched).toEqual([metadata, jwksUri])
  })

  it.each([
    ['https://issuer.example', 'https://issuer.example/.well-known/oauth-authorization-server'],
    ['https://issuer.example/a/b', 'https://issuer.example/.well-known/oauth-authorization-server/a/b'],
  ])('of %s asks RFC 8414’s metadata where those are not there', async (issuer, metadata) => {
    const jwksUri = 'https://issuer.example/keys'
    const { server, codeOf } = setUp(issuer, { [metadata]: { issuer, jwks_uri: jwksUri }, [jwksUri]: keySet })
    expect(await codeOf()).toBe('accepted')
    expect(server.fetched).toEqual([`${issuer}/.well-known/openid-configuration`, metadata, jwksUri])
  })

  const issuer = 'https://issuer.example'
  const openid = `${issuer}/.well-known/openid-configuration`
  const jwksUri = `${issuer}/keys`

  it.each([
    'https://issuer.example/',
    'https://ISSUER.example',
    'https://evil.example',
    undefined,
    ['https://issuer.example'],
  ])('believes no metadata that name the issuer %j', async (named) => {
    const { logDetail, fetched } = await detailOf(issuer, {
      [openid]: { issuer: named, jwks_uri: jwksUri },
      [jwksUri]: keySet,
    })
    expect(logDetail).toBe(`cannot fetch keys: the metadata's "issuer" does not match`)
    expect(fetched).toEqual([openid])
  })

  it.each([
    ['missing', undefined, 'the metadata has no valid "jwks_uri"'],
    ['no text', 7, 'the metadata has no valid "jwks_uri"'],
    ['no URL', '/keys', 'the metadata has no valid "jwks_uri"'],
    ['plain http', 'http://issuer.example/keys', `the metadata's "jwks_uri" is not an allowed https URL`],
    [
      'a service of this machine',
      'http://127.0.0.1:9000/keys',
      `the metadata's "jwks_uri" is not an allowed https URL`,
    ],
    ['a link-local address', 'http://169.254.169.254/', `the metadata's "jwks_uri" is not an allowed https URL`],
    ['a file', 'file:///etc/passwd', `the metadata's "jwks_uri" is not an allowed https URL`],
    ['with credentials', 'https://a:b@issuer.example/keys', `the metadata's "jwks_uri" is not an allowed https URL`],
  ])('goes to no jwks_uri that is %s', async (_name, uri, reason) => {
    const { logDetail, fetched } = await detailOf(issuer, { [openid]: { issuer, jwks_uri: uri } })
    expect(logDetail).toBe(`cannot fetch keys: ${reason}`)
    expect(fetched).toEqual([openid])
  })

  it('of an issuer on this machine goes to its own origin by http, and to no other', async () => {
    const local = 'http://127.0.0.1:4000'
    const metadata = `${local}/.well-known/openid-configuration`
    const { logDetail, fetched } = await detailOf(local, {
      [metadata]: { issuer: local, jwks_uri: 'http://127.0.0.1:4001/keys' },
    })
    expect(logDetail).toBe(`cannot fetch keys: the metadata's "jwks_uri" is not an allowed https URL`)
    expect(fetched).toEqual([metadata])
  })

  it('goes by http to hosts that allowHttp names, as of a compose file', async () => {
    const outside = 'http://localhost:8080/realms/a'
    const metadata = `${outside}/.well-known/openid-configuration`
    const inside = 'http://keycloak:8080/realms/a/keys'
    const answers = { [metadata]: { issuer: outside, jwks_uri: inside }, [inside]: keySet }
    expect(await setUp(outside, answers, { allowHttp: ['keycloak'] }).codeOf()).toBe('accepted')
    expect(await setUp(outside, answers, { allowHttp: ['Keycloak:8080'] }).codeOf()).toBe('accepted')
    expect(await setUp(outside, answers, { allowHttp: ['keycloak:9090'] }).codeOf()).toBe('keys_unavailable')
  })

  it('that failed is not remembered', async () => {
    const { server, codeOf } = setUp(issuer, { [openid]: 500, [jwksUri]: keySet })
    expect(await codeOf()).toBe('keys_unavailable')
    expect(server.fetched).toEqual([openid])
    server.answers.set(openid, { issuer, jwks_uri: jwksUri })
    server.time += 2000
    expect(await codeOf()).toBe('accepted')
  })

  it('is asked again when its old address gives JSON without keys', async () => {
    const { server, codeOf } = setUp(issuer, { [openid]: { issuer, jwks_uri: jwksUri }, [jwksUri]: keySet })
    await codeOf()
    server.answers.set(jwksUri, { error: 'moved' })
    server.answers.set(openid, { issuer, jwks_uri: `${issuer}/moved` })
    server.answers.set(`${issuer}/moved`, keySet)
    for (const wait of [11, 1]) {
      server.time += wait * minute
      await codeOf()
      await settle()
    }
    expect(server.fetched.slice(2)).toEqual([jwksUri, openid, `${issuer}/moved`])
  })

  it('is kept for an hour, and asked again after the keys failed', async () => {
    const { server, codeOf } = setUp(issuer, { [openid]: { issuer, jwks_uri: jwksUri }, [jwksUri]: keySet })
    await codeOf()
    server.time += 11 * minute
    await codeOf()
    await settle()
    expect(server.fetched).toEqual([openid, jwksUri, jwksUri])
    server.answers.set(jwksUri, 404)
    server.answers.set(`${issuer}/moved`, keySet)
    server.answers.set(openid, { issuer, jwks_uri: `${issuer}/moved` })
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

describe('where keys may come from', () => {
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
  ])('is checked at start-up: %j is refused', (jwksUrl) => {
    expect(fieldOf({ keys: { jwksUrl } })).toBe('keys.jwksUrl')
  })

  it.each(['https://issuer.example/keys', 'http://localhost:1/keys', 'http://127.1.2.3/keys', 'http://[::1]:80/keys'])(
    'may be %s',
    (jwksUrl) => {
      expect(fieldOf({ keys: { jwksUrl } })).toBe('no ConfigError')
    },
  )

  it('may be a host that is named', () => {
    expect(fieldOf({ keys: { jwksUrl: 'http://keycloak:8080/keys', allowHttp: ['keycloak'] } })).toBe('no ConfigError')
    expect(fieldOf({ keys: { jwksUrl: 'http://keycloak:8080/keys', allowHttp: ['other'] } })).toBe('keys.jwksUrl')
    expect(fieldOf({ keys: { jwksUrl: 'https://a.example', allowHttp: 'keycloak' } })).toBe('keys.allowHttp')
    expect(fieldOf({ keys: { jwksUrl: 'https://a.example', allowHttp: ['http://keycloak'] } })).toBe(
      'keys.allowHttp[0]',
    )
    expect(fieldOf({ keys: { secret: 'x'.repeat(32), allowHttp: ['keycloak'] } })).toBe('keys.allowHttp')
  })

  it('is an issuer that can be asked, where keys are left out', () => {
    expect(fieldOf({ issuer: 'http://issuer.example' })).toBe('issuer')
    expect(fieldOf({ issuer: 'http://keycloak:8080/realms/a', keys: { allowHttp: ['keycloak'] } })).toBe(
      'no ConfigError',
    )
  })

  it('never goes with HMAC', () => {
    expect(fieldOf({ algorithms: ['HS256'] })).toBe('algorithms')
  })

  it.each([[-1], [604_801], [Infinity], [null], ['4h']])(
    'serves stale for a number of seconds in range: %j is refused',
    (maxStaleSeconds) => {
      expect(fieldOf({ maxStaleSeconds })).toBe('maxStaleSeconds')
    },
  )

  it('is fetched by a function', () => {
    expect(fieldOf({ fetch: 'https' })).toBe('fetch')
  })
})
