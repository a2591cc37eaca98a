import { base64url, SignJWT } from 'jose'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HostileKeyServer, json } from '../src/hostile-key-server.ts'
import { minute } from '../src/moving-clock.ts'
import { RemoteAuth, remoteIssuer as issuer } from './remote-auth.ts'
import { audience, createSigner } from './signer.ts'

const server = await HostileKeyServer.start()
const one = await createSigner('k1')
const two = await createSigner('k2')
const intruder = await createSigner('k1')
const secret = new TextEncoder().encode('an oct key that a key server publishes to the whole world')
const oct = { kty: 'oct', k: base64url.encode(secret), alg: 'HS256', use: 'sig' }
const token = await one.sign({ iss: issuer })
const warnings: string[] = []

beforeEach(() => {
  warnings.length = 0
  vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void warnings.push(String(warning)))
})
afterEach(() => vi.restoreAllMocks())
afterAll(() => server.close())

const publishing = (...keys: unknown[]) => new RemoteAuth(server, json({ keys }))

async function signWithPublishedSecret(kid: string): Promise<string> {
  const claims = { iss: issuer, aud: audience, sub: 'intruder', exp: 4e9 }
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(secret)
}

describe('an oct key in a fetched set', () => {
  it.each(['o1', 'k1'])(
    'an oct key verifies no token, with its own kid or with that of another key: %s',
    async (kid) => {
      const remote = publishing({ ...oct, kid }, one.jwk)
      expect(await remote.outcomeOf(await signWithPublishedSecret(kid))).toBe('algorithm_not_allowed')
      expect(await remote.outcomeOf(token)).toBe('accepted')
      expect(await remote.outcomeOf(await signWithPublishedSecret(kid))).toBe('algorithm_not_allowed')
      expect(warnings).toEqual([expect.stringContaining('Ignoring a key of the JWK Set: a secret (kty oct)')])
    },
  )

  it('an oct key is ignored even if it is the only key', async () => {
    const remote = publishing({ ...oct, kid: 'k1' })
    expect(await remote.outcomeOf(token)).toBe('key_not_found')
  })
})

describe('two keys with the same kid in a fetched set', () => {
  it('both keys are ignored, in whatever order', async () => {
    for (const keys of [
      [one.jwk, intruder.jwk, two.jwk],
      [intruder.jwk, one.jwk, two.jwk],
    ]) {
      const remote = publishing(...keys)
      expect(await remote.outcomeOf(token)).toBe('key_not_found')
      expect(await remote.outcomeOf(await intruder.sign({ iss: issuer }))).toBe('key_not_found')
      expect(await remote.outcomeOf(await two.sign({ iss: issuer }))).toBe('accepted')
    }
    expect(warnings).toHaveLength(2)
  })

  it('both keys replace the cached key, until the set is unambiguous again', async () => {
    const remote = publishing(one.jwk)
    expect(await remote.outcomeOf(token)).toBe('accepted')
    remote.behave(json({ keys: [one.jwk, intruder.jwk] }))
    remote.clock.time += 21 * minute
    expect(await remote.outcomeOf(token)).toBe('key_not_found')
    expect(await remote.outcomeOf(await intruder.sign({ iss: issuer }))).toBe('key_not_found')
    remote.behave(json({ keys: [one.jwk] }))
    remote.clock.time += minute
    expect(await remote.outcomeOf(token)).toBe('accepted')
    expect(remote.keyRequests).toBe(3)
  })
})

describe('a kid that is assigned to another key', () => {
  it('the kid refers to the cached key, and after the next refresh to the new one', async () => {
    const remote = publishing(one.jwk)
    const taken = await intruder.sign({ iss: issuer })
    expect(await remote.outcomeOf(token)).toBe('accepted')
    remote.behave(json({ keys: [intruder.jwk] }))
    expect([await remote.outcomeOf(token), await remote.outcomeOf(taken)]).toEqual(['accepted', 'signature_invalid'])
    remote.clock.time += 10 * minute + 1
    expect(await remote.settledOutcomeOf(token)).toBe('accepted')
    expect([await remote.outcomeOf(token), await remote.outcomeOf(taken)]).toEqual(['signature_invalid', 'accepted'])
  })
})
