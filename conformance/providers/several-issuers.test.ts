import { createAuth, hasRole } from '@claimcheck/core'
import type { AuthOptions } from '@claimcheck/core'
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { sendRequest } from '@claimcheck/testing/contract/raw-client'
import { describeTargets } from '../src/targets.ts'
import { HostileKeyServer, json, status } from '../src/hostile-key-server.ts'
import { outcomeOf } from '../src/outcome.ts'
import { apiOf, createSigningKey, OpenIdProvider } from './openid-provider.ts'
import { audience, createSigner } from './signer.ts'

const sharedKid = 'k1'
const resource = apiOf('ES256')
const [red, blue] = await Promise.all(
  [1, 2].map(async () => OpenIdProvider.start([await createSigningKey('ES256', sharedKid)])),
)
if (red === undefined || blue === undefined) throw new Error('Two providers were started')
const server = await HostileKeyServer.start()
const canary = await HostileKeyServer.start()
const acme = { issuer: `${server.origin}/acme`, signer: await createSigner(sharedKid) }
const bolt = { issuer: `${server.origin}/bolt`, signer: await createSigner(sharedKid) }

beforeEach(() => {
  for (const { issuer, signer } of [acme, bolt]) {
    const path = new URL(issuer).pathname
    const jwksUrl = server.at(`${path}/keys`, json({ keys: [signer.jwk] }))
    server.at(`${path}/.well-known/openid-configuration`, json({ issuer, jwks_uri: jwksUrl }))
  }
})
afterAll(() => Promise.all([red, blue, server, canary].map((running) => running.close())))

const admins = { admin: { claim: 'groups', includes: 'admins' } }
const tenants: AuthOptions<'admin'> = {
  issuers: [
    { issuer: acme.issuer, audience, roles: { admin: 'admin' } },
    { issuer: bolt.issuer, audience, roles: admins },
    { issuer: red.issuer, audience: resource, roles: { admin: 'admin' } },
    { issuer: blue.issuer, audience: resource, roles: admins },
  ],
}

describe('issuers with the same kid', () => {
  it('verifies the tokens of both issuers, whichever is used first', async () => {
    const tokens = await Promise.all([red, blue].map((provider) => provider.token({ resource })))
    for (const inOrder of [tokens, tokens.toReversed()]) {
      const auth = createAuth(tenants)
      for (const token of inOrder) expect(await outcomeOf(auth, token)).toBe('accepted')
    }
  })

  it('does not verify tokens of one issuer with the cached keys of the other', async () => {
    const auth = createAuth(tenants)
    expect((await auth.ready()).map(({ lastError }) => lastError)).toEqual([null, null, null, null])
    expect(await outcomeOf(auth, await acme.signer.sign({ iss: acme.issuer }))).toBe('accepted')
    expect(await outcomeOf(auth, await bolt.signer.sign({ iss: bolt.issuer }))).toBe('accepted')
    expect(await outcomeOf(auth, await bolt.signer.sign({ iss: acme.issuer }))).toBe('signature_invalid')
    expect(await outcomeOf(auth, await acme.signer.sign({ iss: bolt.issuer }))).toBe('signature_invalid')
    expect(await outcomeOf(auth, await acme.signer.sign({ iss: red.issuer, aud: resource }))).toBe('signature_invalid')
  })

  it('does not use a key of one issuer if the other lacks it', async () => {
    server.at('/bolt/keys', json({ keys: [] }))
    const auth = createAuth(tenants)
    expect(await outcomeOf(auth, await acme.signer.sign({ iss: acme.issuer }))).toBe('accepted')
    expect(await outcomeOf(auth, await acme.signer.sign({ iss: bolt.issuer }))).toBe('key_not_found')
  })

  it('keeps serving one issuer during an outage of the other', async () => {
    server.at('/bolt/keys', status(500))
    const auth = createAuth(tenants)
    const states = await auth.ready()
    expect(states.map(({ lastError }) => lastError === null)).toEqual([true, false, true, true])
    expect(await outcomeOf(auth, await acme.signer.sign({ iss: acme.issuer }))).toBe('accepted')
    expect(await outcomeOf(auth, await bolt.signer.sign({ iss: bolt.issuer }))).toBe('keys_unavailable')
  })
})

describe('an unknown issuer', () => {
  it.each([
    ['one that does not exist', 'https://evil.example'],
    ['one whose server would respond', canary.origin],
    ['one with an additional slash', `${acme.issuer}/`],
    ['one in another case', acme.issuer.toUpperCase()],
    ['one with another name of the host', acme.issuer.replace('127.0.0.1', 'localhost')],
    ['one without its path', server.origin],
  ])('sends no request for an unknown issuer: %s', async (_name, iss) => {
    canary.at('/.well-known/openid-configuration', json({ issuer: canary.origin, jwks_uri: `${canary.origin}/keys` }))
    const auth = createAuth(tenants)
    const { connections, requests } = server
    const before = [connections, requests.length]
    expect(await outcomeOf(auth, await acme.signer.sign({ iss }))).toBe('issuer_unknown')
    expect([server.connections, server.requests.length]).toEqual(before)
    expect([canary.connections, ...auth.keyStatus().map(({ fetchedAt }) => fetchedAt)]).toEqual([
      0,
      null,
      null,
      null,
      null,
    ])
  })
})

await describeTargets(({ start }) => {
  it("assigns a role with the map of the token's issuer only", async () => {
    const { port, close } = await start({
      mounts: [{ auth: createAuth(tenants) }],
      routes: [
        { method: 'GET', path: '/', guards: [hasRole('admin')], handler: (caller) => caller.get().roles.join() },
      ],
    })
    onTestFinished(close)
    const statusOf = async (token: string) =>
      (await sendRequest(port, { headers: [['Authorization', `Bearer ${token}`]] })).status
    const flag = { admin: true }
    const group = { groups: ['admins'] }
    expect(await statusOf(await acme.signer.sign({ iss: acme.issuer, ...flag }))).toBe(200)
    expect(await statusOf(await acme.signer.sign({ iss: acme.issuer, ...group }))).toBe(403)
    expect(await statusOf(await bolt.signer.sign({ iss: bolt.issuer, ...flag }))).toBe(403)
    expect(await statusOf(await bolt.signer.sign({ iss: bolt.issuer, ...group }))).toBe(200)
    expect(await statusOf(await bolt.signer.sign({ iss: acme.issuer, ...flag, ...group }))).toBe(401)
    expect(await statusOf(await red.token({ resource, client: 'operations' }))).toBe(200)
    expect(await statusOf(await blue.token({ resource, client: 'operations' }))).toBe(403)
  })
})
