import { base64url, SignJWT } from 'jose'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { json } from './behaviours.ts'
import { HostileKeyServer } from './hostile-key-server.ts'
import { minute } from './moving-clock.ts'
import { remoteIssuer as issuer, RemoteAuth } from './remote-auth.ts'
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
  it.each(['o1', 'k1'])('verifies nothing, under its own kid or under that of another: %s', async (kid) => {
    const remote = publishing({ ...oct, kid }, one.jwk)
    expect(await remote.outcomeOf(await signWithPublishedSecret(kid))).toBe('algorithm_not_allowed')
    expect(await remote.outcomeOf(token)).toBe('accepted')
    expect(await remote.outcomeOf(await signWithPublishedSecret(kid))).toBe('algorithm_not_allowed')
    expect(warnings).toEqual([expect.stringContaining('Ignoring a key of the JWK Set: a secret (kty oct)')])
  })

  it('is no key, where there is no other', async () => {
    const remote = publishing({ ...oct, kid: 'k1' })
    expect(await remote.outcomeOf(token)).toBe('key_not_found')
  })
})

describe('two keys of one kid in a fetched set', () => {
  it('are both left out, whichever stands first', async () => {
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

  it('end the one that was held, until the set is clear again', async () => {
    const remote = publishing(one.jwk)
    expect(await remote.outcomeOf(token)).toBe('accepted')
    remote.behave(json({ keys: [one.jwk, intruder.jwk] }))
    remote.clock.time += 21 * minute
    expect(await remote.outcomeOf(token)).toBe('key_not_found')
    expect(await remote.outcomeOf(await intruder.sign({ iss: issuer }))).toBe('key_not_found')
    remote.behave(json({ keys: [one.jwk] }))
    remote.clock.time += minute
    expect(await remote.outcomeOf(token)).toBe('accepted')
    expect(remote.timesAsked).toBe(3)
  })
})

describe('a kid that is given to another key', () => {
  it('means the key that is held, and from the next refresh on the other', async () => {
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
