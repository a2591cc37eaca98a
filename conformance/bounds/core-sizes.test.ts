import { createAuth, createVerificationKey } from '@claimcheck/core'
import type { KeySource } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { hmacOptions, secret, signHmac } from '../src/hmac-issuer.ts'
import { goodTokens } from '../properties/signers.ts'
import { verdictOf } from '../src/outcome.ts'
import { fullClaims, hugeTokens } from './huge-tokens.ts'

const most = 65_536
const [hmacToken = ''] = goodTokens

/** A key source that counts its look-ups. */
function countingKeys() {
  const calls: unknown[] = []
  const key = createVerificationKey({ secret, algorithm: 'HS256' })
  const keys: KeySource = { find: (query) => (calls.push(query), key), has: () => true }
  return { calls, keys }
}

describe.each([
  [undefined, 0],
  [most, 1],
] as const)('an Auth with maxTokenBytes %s', (maxTokenBytes, which) => {
  it.each(hugeTokens)('rejects $name before a key is looked up', async ({ codes, make }) => {
    const { calls, keys } = countingKeys()
    const limit = maxTokenBytes === undefined ? {} : { maxTokenBytes }
    const auth = createAuth({ ...hmacOptions, keys, algorithms: ['HS256'], ...limit })
    const token = make()
    const byToken = await verdictOf(auth.verifyToken(token))
    const byRequest = await verdictOf(auth.authenticate({ headers: { authorization: `Bearer ${token}` } }))
    expect([byToken.error?.code, byRequest.error?.code]).toEqual([codes[which], codes[which]])
    expect(calls).toEqual([])
  })
})

describe('accepts what is just within the limit, and rejects more', () => {
  const auth = createAuth({ ...hmacOptions, maxTokenBytes: most })

  it('accepts a token of maxTokenBytes, and rejects one of one byte more', async () => {
    const bytes = hmacToken.length
    const { verifyToken } = createAuth({ ...hmacOptions, maxTokenBytes: bytes })
    expect((await verifyToken(hmacToken)).subject).toBe('john')
    const { error } = await verdictOf(createAuth({ ...hmacOptions, maxTokenBytes: bytes - 1 }).verifyToken(hmacToken))
    expect(error?.code).toBe('token_too_large')
  })

  it('accepts 32 levels of nesting, and rejects 33', async () => {
    const nest = (levels: number) =>
      signHmac(JSON.stringify({ ...JSON.parse(fullClaims.roles), roles: nestOf(levels) }))
    expect((await auth.verifyToken(nest(31))).subject).toBe('john')
    expect((await verdictOf(auth.verifyToken(nest(32)))).error?.code).toBe('token_malformed')
  })

  it('accepts 5,000 claims', async () => {
    const principal = await auth.verifyToken(signHmac(fullClaims.members))
    expect(Object.keys(principal.claims)).toHaveLength(5005)
  })

  it('accepts 5,000 roles and 5,000 scopes', async () => {
    expect((await auth.verifyToken(signHmac(fullClaims.roles))).roles).toHaveLength(5000)
    expect((await auth.verifyToken(signHmac(fullClaims.scopes))).scopes).toHaveLength(5000)
  })

  it('accepts the last of 5,001 audiences', async () => {
    expect((await auth.verifyToken(signHmac(fullClaims.audiences))).subject).toBe('john')
  })
})

describe('8 KB of junk', () => {
  const { authenticate } = createAuth(hmacOptions)
  const junk = 8192

  it.each([
    ['behind the scheme', `Bearer ${'\u00FF'.repeat(junk)}`, 'request_malformed'],
    ['of blanks', `Bearer ${' '.repeat(junk)}`, 'request_malformed'],
    ['of blanks in front of the token', `Bearer ${' '.repeat(junk)}${hmacToken}`, null],
    ['of blanks behind the token', `Bearer ${hmacToken}${' '.repeat(junk)}x`, 'request_malformed'],
    ['of equals signs', `Bearer a${'='.repeat(junk)}!`, 'request_malformed'],
    ['of letters and something else', `Bearer ${'a'.repeat(junk)}!`, 'request_malformed'],
    ['of letters', `Bearer ${'a'.repeat(junk)}`, 'token_malformed'],
    ['of commas', `Bearer ${','.repeat(junk)}`, 'request_malformed'],
    ['for a scheme', 'B'.repeat(junk), 'token_missing'],
    ['of tokens', `Bearer ${`${hmacToken}, `.repeat(30)}`, 'request_malformed'],
  ])('%s is rejected as malformed or unauthenticated', async (_name, authorization, code) => {
    const { error } = await verdictOf(authenticate({ headers: { authorization } }))
    expect(error?.code ?? null).toBe(code)
  })

  it('does not read 8 KB of junk in other headers', async () => {
    const lines = Array.from({ length: 500 }, (_, index) => [`X-Junk-${index}`, 'x'.repeat(16)]).flat()
    const rawHeaders = [...lines, 'Authorization', `Bearer ${hmacToken}`]
    const reads: string[] = []
    const counting = new Proxy(rawHeaders, {
      get(target, name, receiver) {
        if (typeof name === 'string' && /^\d+$/.test(name)) reads.push(name)
        return Reflect.get(target, name, receiver)
      },
    })
    const headers = { authorization: `Bearer ${hmacToken}` }
    expect((await authenticate({ headers, rawHeaders: counting })).subject).toBe('john')
    expect(reads.length).toBeLessThanOrEqual(rawHeaders.length / 2)
    expect(new Set(reads).size).toBe(reads.length)
  })

  it('rejects 500 Authorization headers once', async () => {
    const rawHeaders = Array.from({ length: 500 }, () => ['Authorization', `Bearer ${hmacToken}`]).flat()
    const headers = { authorization: `Bearer ${hmacToken}` }
    const { error } = await verdictOf(authenticate({ headers, rawHeaders }))
    expect(error?.code).toBe('request_malformed')
  })
})

function nestOf(levels: number): unknown {
  return levels === 0 ? 'end' : [nestOf(levels - 1)]
}
