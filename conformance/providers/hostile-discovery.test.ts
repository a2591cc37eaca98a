import dns from 'node:dns'
import { createAuth } from '@claimcheck/core'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { HostileKeyServer, json, padded, status, text } from '../src/hostile-key-server.ts'
import { hour, minute, MovingClock, second } from '../src/moving-clock.ts'
import { outcomeOf, until } from '../src/outcome.ts'
import { audience, createSigner, startSeconds } from './signer.ts'

const server = await HostileKeyServer.start()
const canary = await HostileKeyServer.start()
const { port } = new URL(canary.origin)
const one = await createSigner('k1')
const two = await createSigner('k2')
const good = { keys: [one.jwk] }

afterAll(() => Promise.all([server.close(), canary.close()]))

let issuers = 0

/** An Auth with its own clock, for an issuer with this metadata. */
function setUp(metadata: (issuer: string, jwksUrl: string) => object) {
  const path = `/issuer-${(issuers += 1)}`
  const issuer = server.origin + path
  const keysPath = `${path}/keys`
  const metadataPath = `${path}/.well-known/openid-configuration`
  const clock = new MovingClock(startSeconds * second)
  const say = (document: object) => server.at(metadataPath, json(document))
  say(metadata(issuer, server.at(keysPath, json(good))))
  const auth = createAuth({ issuer, audience, now: clock.now })
  const reason = () => (auth.keyStatus()[0]?.lastError as { logDetail?: string } | null)?.logDetail ?? null
  return { auth, clock, issuer, keysPath, metadataPath, reason, say }
}

const elsewhere = `the metadata's "jwks_uri" is not an allowed https URL`
const another = `the metadata's "issuer" does not match`
const none = 'the metadata has no valid "jwks_uri"'

describe('invalid metadata', () => {
  it.each<[string, object, string]>([
    ['to another port of localhost', { jwks_uri: `${canary.origin}/keys` }, elsewhere],
    ['to localhost by another name', { jwks_uri: `http://localhost:${port}/keys` }, elsewhere],
    ['to localhost by an IPv6 address', { jwks_uri: `http://[::ffff:127.0.0.1]:${port}/keys` }, elsewhere],
    ['to localhost by a number', { jwks_uri: `http://2130706433:${port}/keys` }, elsewhere],
    ['to localhost with backslashes', { jwks_uri: `http:\\\\127.0.0.1:${port}\\keys` }, elsewhere],
    ['to itself with a password', { jwks_uri: server.origin.replace('//', '//user:password@') }, elsewhere],
    ['to another host over http', { jwks_uri: 'http://keys.example/keys' }, elsewhere],
    ['to a file', { jwks_uri: 'file:///etc/hosts' }, elsewhere],
    ['to a data URL', { jwks_uri: `data:application/json,${encodeURIComponent(JSON.stringify(good))}` }, elsewhere],
    ['to a blob URL', { jwks_uri: URL.createObjectURL(new Blob([JSON.stringify(good)])) }, elsewhere],
    ['nowhere', { jwks_uri: undefined }, none],
    ['to a path', { jwks_uri: '/keys' }, none],
    ['to an array', { jwks_uri: [`${canary.origin}/keys`] }, none],
    ['to the issuer with a trailing slash', { issuer: `${server.origin}/issuer-/` }, another],
    ['to no issuer', { issuer: undefined }, another],
    ['to an array of issuers', { issuer: [server.origin] }, another],
    ['to another issuer of the host', { issuer: `${server.origin}/issuer-0` }, another],
    ['to the issuer of the canary', { issuer: canary.origin, jwks_uri: `${canary.origin}/keys` }, another],
  ])('responds with 503 and sends no other request if the metadata refers %s', async (_name, wrong, why) => {
    const { auth, issuer, keysPath, reason } = setUp((name, jwksUrl) => ({ issuer: name, jwks_uri: jwksUrl, ...wrong }))
    expect(await outcomeOf(auth, await one.sign({ iss: issuer }))).toBe('keys_unavailable')
    expect(reason()).toBe(`cannot fetch keys: ${why}`)
    expect([canary.connections, server.requestsTo(keysPath)]).toEqual([0, 0])
  })

  it.each([
    ['with a trailing slash that the option does not have', '', '/'],
    ['without the trailing slash of the option', '/', ''],
  ])('responds with 503 if the metadata has an issuer %s', async (_name, ofSetting, ofMetadata) => {
    const origin = await HostileKeyServer.start()
    onTestFinished(() => origin.close())
    const jwksUrl = origin.at('/keys', json(good))
    origin.at('/.well-known/openid-configuration', json({ issuer: origin.origin + ofMetadata, jwks_uri: jwksUrl }))
    const issuer = origin.origin + ofSetting
    expect(await outcomeOf(createAuth({ issuer, audience }), await one.sign({ iss: issuer }))).toBe('keys_unavailable')
    expect(origin.requests).toEqual(['/.well-known/openid-configuration'])
  })

  it('responds with 503 if the https host of the metadata does not exist', async () => {
    const lookup = vi
      .spyOn(dns, 'lookup')
      .mockImplementation(((_name: string, _options: object, done: (error: Error) => void) =>
        done(Object.assign(new Error('getaddrinfo ENOTFOUND keys.example'), { code: 'ENOTFOUND' }))) as never)
    onTestFinished(() => lookup.mockRestore())
    const { auth, issuer, reason } = setUp((name) => ({ issuer: name, jwks_uri: 'https://keys.example/keys' }))
    expect(await outcomeOf(auth, await one.sign({ iss: issuer }))).toBe('keys_unavailable')
    expect(reason()).toBe('cannot fetch keys: the server could not be reached')
    expect(lookup).toHaveBeenCalledWith('keys.example', expect.anything(), expect.anything())
  })

  it('responds with 503 if the server of the metadata does not support https', async () => {
    const plain = await HostileKeyServer.start()
    onTestFinished(() => plain.close())
    const jwksUrl = plain.at('/keys', json(good)).replace('http:', 'https:')
    const { auth, issuer, reason } = setUp((name) => ({ issuer: name, jwks_uri: jwksUrl }))
    expect(await outcomeOf(auth, await one.sign({ iss: issuer }))).toBe('keys_unavailable')
    expect(reason()).toBe('cannot fetch keys: the server could not be reached')
    expect(plain.requests).toEqual([])
  })

  it('responds with 503 if the metadata is longer than 512 KiB', async () => {
    const { auth, issuer, metadataPath, reason } = setUp(() => ({}))
    server.at(metadataPath, text(padded({ issuer, jwks_uri: `${issuer}/keys` }, 600_000)))
    expect(await outcomeOf(auth, await one.sign({ iss: issuer }))).toBe('keys_unavailable')
    expect(reason()).toBe('cannot fetch keys: the response is larger than 524288 bytes')
  })
})

describe('metadata that changes', () => {
  const honest = (issuer: string, jwksUrl: string) => ({ issuer, jwks_uri: jwksUrl })

  it.each<[string, object]>([
    ['with another issuer', { issuer: 'https://evil.example' }],
    ['with a jwks_uri of another origin', { jwks_uri: `${canary.origin}/keys` }],
  ])('removes no cached key and adds no new one if the metadata changes %s', async (_name, change) => {
    const { auth, clock, issuer, keysPath, metadataPath, reason, say } = setUp(honest)
    const token = await one.sign({ iss: issuer })
    expect(await outcomeOf(auth, token)).toBe('accepted')
    say({ ...honest(issuer, issuer + '/keys'), ...change })
    clock.time += hour
    expect(await outcomeOf(auth, token)).toBe('accepted')
    await until(() => reason() !== null)
    expect(await outcomeOf(auth, token)).toBe('accepted')
    expect(await outcomeOf(auth, await two.sign({ iss: issuer }))).toBe('keys_unavailable')
    expect([server.requestsTo(metadataPath), server.requestsTo(keysPath), canary.connections]).toEqual([2, 1, 0])
  })

  it('uses another jwks_uri immediately if the old one fails, and otherwise within an hour', async () => {
    const { auth, clock, issuer, keysPath, metadataPath, reason, say } = setUp(honest)
    const token = await one.sign({ iss: issuer })
    expect(await outcomeOf(auth, token)).toBe('accepted')
    server.at(keysPath, status(410))
    say(honest(issuer, server.at(`${keysPath}-moved`, json({ keys: [one.jwk, two.jwk] }))))
    clock.time += 10 * minute + 1
    expect(await outcomeOf(auth, token)).toBe('accepted')
    await until(() => reason() !== null)
    clock.time += 5 * minute
    expect(await outcomeOf(auth, await two.sign({ iss: issuer }))).toBe('accepted')
    expect([server.requestsTo(metadataPath), server.requestsTo(keysPath)]).toEqual([2, 2])
  })
})
