import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAuth } from '../src/index.ts'
import { KeyServer, settle } from './key-server.ts'
import { audience, issuer, keyPair, resultOf, sign as signAt } from './tokens.ts'

const jwksUrl = 'https://issuer.example/keys'
const one = await keyPair('ES256', 'k1')
const others = ['https://a.example', 'https://b.example', 'https://c.example'] as const
const sign = (claims: object = {}) => signAt({ exp: 4e9, ...claims }, { alg: 'ES256', kid: 'k1' }, one.privateKey)
const token = await sign()
const tokensOfOthers = await Promise.all(others.map((iss) => sign({ iss })))

function setUp() {
  const server = new KeyServer()
  const listed = { audience, keys: { jwksUrl }, roles: {} }
  const [first, ...further] = [issuer, ...others].map((each) => ({ ...listed, issuer: each }))
  if (first === undefined) throw new Error('no issuer')
  const auth = createAuth({ issuers: [first, ...further], fetch: server.fetch, now: server.now })
  return { server, codeOf: (text: string) => resultOf(auth.verifyToken(text)) }
}

/** A response with a delay. */
const after = (milliseconds: number) => () =>
  new Promise<Response>((resolve) => setTimeout(() => resolve(Response.json({ keys: [one.jwk] })), milliseconds))

async function pass(milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= 100) {
    await vi.advanceTimersByTimeAsync(100)
    await settle()
  }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

describe('issuers with the same jwksUrl', () => {
  it.each([
    [2400, 1],
    [2600, 2],
    [4900, 2],
  ])(
    'accepts the tokens of all issuers with the same jwksUrl if the key server takes %d ms',
    async (milliseconds, fetches) => {
      const { server, codeOf } = setUp()
      server.responses.set(jwksUrl, after(milliseconds))
      const codes = Promise.all([token, ...tokensOfOthers].map(codeOf))
      await pass(5000)
      expect(new Set(await codes)).toEqual(new Set(['accepted']))
      expect(server.fetched).toHaveLength(fetches)
    },
  )

  it('waits for the second fetch of a jwksUrl if the first one fails after the second one began', async () => {
    const { server, codeOf } = setUp()
    let fail = (): void => undefined
    server.responses.set(jwksUrl, () => new Promise((_resolve, reject) => (fail = () => reject(new TypeError()))))
    const first = codeOf(token)
    await settle()
    const end = fail
    server.responses.set(jwksUrl, after(1000))
    const second = codeOf(tokensOfOthers[0] ?? '')
    await pass(3000)
    end()
    await pass(1000)
    expect([await first, await second]).toEqual(['keys_unavailable', 'accepted'])
  })
})
