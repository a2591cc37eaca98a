import { createVerificationKey } from '@claimcheck/core'
import { afterAll, describe, expect, it } from 'vitest'
import { judge, Tally } from './judge.ts'
import { asJwk, publicPart, publishedJwk, secretBytes } from './published-keys.ts'
import type { PublishedJwk } from './published-keys.ts'
import { joseExamples, jwtExamples, nestedExample, serialisations } from './rfc-examples.ts'
import type { JoseExample } from './rfc-examples.ts'

/** The claims of RFC 7519 section 3.1, which are dated 2011-03-22. */
const claims = { iss: 'joe', exp: 1_300_819_380, 'http://example.com/is_root': true }
const at = (seconds: number) => ({ issuer: 'joe', audience: null, now: () => seconds * 1000 })
const inTime = at(claims.exp - 60)
const late = at(claims.exp + 5)

function example(section: string): JoseExample {
  const found = joseExamples().get(section)
  if (found === undefined) throw new Error(`There is no example ${section}`)
  return found
}

function keyOf(section: string): PublishedJwk {
  const { jwk } = example(section)
  if (jwk === undefined) throw new Error(`Example ${section} has no key`)
  return publicPart(jwk)
}

/** The signatures of a JWS in one of its JSON serializations, each in compact form. */
function compactForms({ jwsf, jwsg }: JoseExample): readonly string[] {
  const payload = jwsf?.payload ?? jwsg?.payload ?? ''
  const signatures = jwsg?.signatures ?? (jwsf === undefined ? [] : [jwsf])
  return signatures.map((one) => `${one.protected ?? ''}.${payload}.${one.signature}`)
}

/** The examples that are JWTs and can be verified with a key of the example. */
function jwts(): readonly (readonly [title: string, token: string | undefined, key: PublishedJwk])[] {
  const [first, second] = compactForms(example('rfc7515 A.6'))
  return [
    ['RFC 7515 A.2 (RS256)', example('rfc7515 A.2').jwsc, keyOf('rfc7515 A.2')],
    ['RFC 7515 A.3 (ES256)', example('rfc7515 A.3').jwsc, keyOf('rfc7515 A.3')],
    ['RFC 7515 A.6 by its first signature', first, keyOf('rfc7515 A.6.1')],
    ['RFC 7515 A.6 by its second signature', second, keyOf('rfc7515 A.6.2')],
    ['RFC 7515 A.7', compactForms(example('rfc7515 A.7'))[0], keyOf('rfc7515 A.7')],
    ['RFC 7519 A.2 out of its encryption', jwtExamples().get('A.2')?.innerJwt, keyOf('rfc7515 A.2')],
    ['RFC 7520 6 before its encryption (PS256)', nestedExample().token, publicPart(nestedExample().key)],
  ]
}

/** The examples that no key verifies: signed with a published secret, or unsigned. */
function otherJwts(): readonly (string | undefined)[] {
  return [
    example('rfc7515 A.1').jwsc,
    example('rfc7515 A.5').jwsc,
    jwtExamples().get('3.1')?.jwt,
    jwtExamples().get('6.1')?.jwt,
  ]
}

describe('the token examples of the RFCs', () => {
  const tally = new Tally('Tokens of the RFCs')
  afterAll(() => console.info(String(tally)))
  const judgeToken: typeof judge = async (settings, token) => {
    const judgement = await judge(settings, token)
    tally.add(judgement.verdict)
    return judgement
  }

  it.each(jwts())(
    'accepts the token of %s at its time, and rejects it later or changed',
    async (title, token = '', key) => {
      const required = title.startsWith('RFC 7520') ? { ...claims, iss: 'hobbiton.example' } : claims
      const settings = { ...asJwk(key), ...inTime, issuer: required.iss }
      expect((await judgeToken(settings, token)).principal?.claims).toEqual(required)
      expect((await judge({ ...settings, now: late.now }, token)).verdict).toBe('token_expired')
      const [head, payload, signature = ''] = token.split('.')
      const changed = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1)
      expect((await judge(settings, [head, payload, changed].join('.'))).verdict).toBe('signature_invalid')
    },
  )

  it('distinguishes the two keys of RFC 7515 A.6 without a kid', async () => {
    const keys = { jwks: { keys: [keyOf('rfc7515 A.6.1'), keyOf('rfc7515 A.6.2')] } }
    for (const token of compactForms(example('rfc7515 A.6'))) {
      expect((await judge({ ...inTime, keys }, token)).verdict).toBe('accepted')
    }
  })

  // Tokens of published secrets cannot be judged, because neither an Auth nor a verification key can be created.
  it.each(['rfc7515 A.1', 'rfc7520 4.4'])('rejects the secret of %s as an option', async (section) => {
    const { jwk, jwsc = '' } = example(section)
    const secret = secretBytes(publishedJwk.parse(jwk))
    const { verdict, detail } = await judgeToken({ ...inTime, keys: { secret } }, jwsc)
    expect([verdict, detail]).toEqual(['configuration', expect.stringContaining('a published example')])
    expect(() => createVerificationKey({ secret, algorithm: 'HS256' })).toThrow('a published example')
  })

  it.each(['rfc7515 A.5', 'rfc7519 6.1'])(
    'rejects the unsecured token of %s because of its algorithm',
    async (section) => {
      const token = section === 'rfc7519 6.1' ? jwtExamples().get('6.1')?.jwt : example(section).jwsc
      const { verdict } = await judgeToken({ ...inTime, ...asJwk(keyOf('rfc7515 A.2')) }, token ?? '')
      expect(verdict).toBe('algorithm_not_allowed')
    },
  )

  // A payload that is not a claims set or is detached, JSON serializations, `b64` and JWE.
  const isJwt = new Set([...jwts().map(([, token]) => token), ...otherJwts()])
  const others = serialisations().filter(([, token]) => !isJwt.has(token))
  it.each(others)('rejects %s, which is not a signed JWT, as malformed', async (_title, token) => {
    const { verdict } = await judgeToken({ ...inTime, ...asJwk(keyOf('rfc7515 A.2')) }, token)
    expect(verdict).toBe('token_malformed')
  })
})
