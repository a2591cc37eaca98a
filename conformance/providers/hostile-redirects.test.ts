import { createAuth } from '@claimcheck/core'
import { afterAll, describe, expect, it } from 'vitest'
import { HostileKeyServer, json, redirect, status } from '../src/hostile-key-server.ts'
import { outcomeOf } from '../src/outcome.ts'
import { audience, createSigner } from './signer.ts'

const server = await HostileKeyServer.start()
const canary = await HostileKeyServer.start()
const signer = await createSigner('k1')
const good = { keys: [signer.jwk] }
const canaryUrl = canary.at('/keys', json(good))
const host = new URL(canaryUrl).host

afterAll(() => Promise.all([server.close(), canary.close()]))

const redirects: [number, string][] = [
  [301, canaryUrl],
  [302, canaryUrl],
  [303, canaryUrl],
  [307, canaryUrl],
  [308, canaryUrl],
  [302, `//${host}/keys`],
  [302, `http://localhost:${new URL(canaryUrl).port}/keys`],
  [302, `https://${host}/keys`],
  [302, `data:application/json,${encodeURIComponent(JSON.stringify(good))}`],
  [302, 'file:///etc/hosts'],
  [302, '/elsewhere'],
  [302, ''],
  [300, canaryUrl],
  [305, canaryUrl],
]

describe('a redirect', () => {
  it.each(redirects)('a redirect with %i from a JWK Set to %s is not followed', async (code, location) => {
    server.at('/elsewhere', json(good))
    const jwksUrl = server.at(`/keys-${code}-${location.length}`, redirect(code, location, good))
    const auth = createAuth({ issuer: 'https://issuer.example', audience, keys: { jwksUrl } })
    expect(await outcomeOf(auth, await signer.sign({ iss: 'https://issuer.example' }))).toBe('keys_unavailable')
    expect(auth.keyStatus()[0]?.lastError).toMatchObject({
      logDetail: `cannot fetch keys: the response has status ${code}`,
    })
    expect([canary.connections, server.requestsTo('/elsewhere')]).toEqual([0, 0])
  })

  it.each(redirects)('a redirect with %i from the metadata to %s is not followed', async (code, location) => {
    const issuer = `${server.origin}/issuer-${code}-${location.length}`
    const path = `${new URL(issuer).pathname}/.well-known/openid-configuration`
    server.at(path, redirect(code, location, { issuer, jwks_uri: server.at('/keys', json(good)) }))
    expect(await outcomeOf(createAuth({ issuer, audience }), await signer.sign({ iss: issuer }))).toBe(
      'keys_unavailable',
    )
    expect([canary.connections, server.requestsTo('/elsewhere'), server.requestsTo('/keys')]).toEqual([0, 0, 0])
    expect(server.requests.at(-1)).toBe(path)
  })

  it('a redirect from the RFC 8414 metadata, which is requested second, is not followed', async () => {
    const issuer = `${server.origin}/second`
    server.at('/second/.well-known/openid-configuration', status(404))
    server.at('/.well-known/oauth-authorization-server/second', redirect(302, canaryUrl, { issuer }))
    expect(await outcomeOf(createAuth({ issuer, audience }), await signer.sign({ iss: issuer }))).toBe(
      'keys_unavailable',
    )
    expect(canary.connections).toBe(0)
  })
})

describe('the header of a token', () => {
  it.each(['jku', 'x5u'])('the %s of a token is never fetched, before and after the key is cached', async (name) => {
    const issuer = 'https://issuer.example'
    const auth = createAuth({ issuer, audience, keys: { jwksUrl: server.at(`/for-${name}`, json(good)) } })
    expect(await outcomeOf(auth, await signer.sign({ iss: issuer }, { [name]: canaryUrl }))).toBe('accepted')
    expect(await outcomeOf(auth, await signer.sign({ iss: issuer }, { [name]: canaryUrl, kid: 'k9' }))).toBe(
      'key_not_found',
    )
    expect(canary.connections).toBe(0)
  })
})
