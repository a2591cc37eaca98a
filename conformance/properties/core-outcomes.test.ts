import { createAuth } from '@claimcheck/core'
import type { Auth, RequestLike } from '@claimcheck/core'
import { anything, array, asyncProperty, constantFrom, oneof, record, string, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { audience, goodClaims, hmacOptions, issuer, secret, signHmac } from '../src/hmac-issuer.ts'
import { verdictOf } from '../src/outcome.ts'
import { arbitraryClaimsText } from './arbitrary-claims.ts'
import { arbitraryMembers, objectText } from './arbitrary-json.ts'
import { arbitraryCredentials, arbitraryToken } from './arbitrary-token.ts'
import { expectPlainError } from './expect-rejection.ts'
import { checkProperty } from './holds.ts'
import { goodTokens, optionsOfAll } from './signers.ts'

const roles = {
  admin: 'admin',
  owner: { claim: ['realm_access', 'roles'], includes: 'owner' },
  reader: { claim: 'scope', word: 'read' },
  tenant: { claim: 'tenant', equals: 7 },
} as const
const listed = { audience, keys: { secret }, roles }

/** Auths with many options and with few. */
const auths: readonly Auth<string, unknown>[] = [
  createAuth(hmacOptions),
  createAuth(optionsOfAll),
  createAuth({
    ...hmacOptions,
    issuer: null,
    audience: null,
    maxLifetimeSeconds: null,
    tokenUse: null,
    tokenBinding: null,
  }),
  createAuth({
    ...hmacOptions,
    roles,
    maxTokenAgeSeconds: 60,
    maxLifetimeSeconds: 900,
    clients: 'web',
    requiredClaims: ['jti'],
  }),
  createAuth({
    now: hmacOptions.now,
    issuers: [
      { ...listed, issuer },
      { ...listed, issuer: 'https://other.example' },
    ],
  }),
  createAuth({
    ...hmacOptions,
    claims: z.object({ sub: z.string(), tenant: z.number().optional() }),
    isRevoked: () => false,
  }),
  createAuth({ ...hmacOptions, profile: 'at+jwt', maxTokenBytes: 65_536, clockToleranceSeconds: 0 }),
  createAuth({
    ...hmacOptions,
    tokenFrom: ['authorization', { header: 'x' }, { cookie: 'a', origins: 'https://a.example' }],
  }),
]
const arbitraryAuth = constantFrom(...auths)

type ToRequest = (lines: readonly (readonly [name: string, value: string])[]) => RequestLike

/** A request as the platforms represent it. Headers rejects control characters, so they never reach it. */
const toRequests: readonly ToRequest[] = [
  (lines) => ({ headers: Object.fromEntries(lines) }),
  (lines) => ({ headers: Object.fromEntries(lines.toReversed()), rawHeaders: lines.flat() }),
  (lines) => ({ headers: { authorization: lines.map(([, value]) => value) } }),
  (lines) => ({
    headers: new Headers(lines.map(([name, value]) => [name, value.replaceAll(/[^\t\x20-\x7E\xA0-\xFF]/g, '')])),
  }),
]

const arbitraryLine = oneof(
  tuple(constantFrom('authorization', 'authorization', 'AUTHORIZATION', 'cookie', 'x'), arbitraryCredentials),
  tuple(constantFrom('a=', 'b=1; a=', 'a=x; a=', 'A=', ' a ='), arbitraryToken).map(
    ([start, token]) => ['cookie', start + token] as const,
  ),
  constantFrom(
    ['sec-fetch-site', 'same-origin'],
    ['sec-fetch-site', 'cross-site'],
    ['origin', 'https://a.example'],
    ['origin', 'null'],
    ['upgrade', 'websocket'],
  ),
)

const arbitraryRequest = record({
  toRequest: constantFrom(...toRequests),
  lines: array(arbitraryLine, { maxLength: 3 }),
  method: constantFrom('GET', 'POST', undefined),
}).map(({ toRequest, lines, method }): RequestLike => ({ ...toRequest(lines), method }))

const headerValues = {
  alg: ['"HS256"', '"none"', '"hs256"', '"ES256"', '"Ed25519"', '"RS256"'],
  kid: ['"ES256"', '"x"', '""'],
  typ: ['"JWT"', '"at+jwt"', '"application/AT+JWT"', '"dpop+jwt"', '""'],
  cty: ['"JWT"'],
  crit: ['["exp"]', '[]', '["b64"]'],
  b64: ['false', 'true'],
  zip: ['"DEF"'],
  jwk: ['{"kty":"oct","k":"AA"}'],
  jku: ['"https://evil.example/keys"'],
  x5c: ['["MII"]'],
}

describe('core returns a principal or an AuthError', () => {
  it('returns a principal or an AuthError for any text as a token', async () => {
    await checkProperty(
      1000,
      asyncProperty(arbitraryAuth, oneof(arbitraryToken, string({ unit: 'binary' })), async (auth, token) => {
        const [principal, code] = await judgeTwice(auth, token)
        expect(principal?.token).toBe(code === null ? token : undefined)
      }),
    )
  })

  it('returns a principal or an AuthError for any request', async () => {
    await checkProperty(
      2000,
      asyncProperty(arbitraryAuth, arbitraryRequest, async (auth, request) => {
        const identified = await verdictOf(auth.identify(request))
        if (identified.error !== null) expectPlainError(identified.error)
        const { principal, error } = await verdictOf(auth.authenticate(request))
        const code = identified.principal === null && identified.error === null ? 'token_missing' : undefined
        expect(error?.code).toBe(code ?? identified.error?.code)
        expect(principal?.token).toBe(identified.principal?.token)
      }),
    )
  })

  it('accepts any request with a cookie only with a permitted origin', async () => {
    const auth = createAuth({ ...hmacOptions, tokenFrom: { cookie: 'a', origins: 'https://a.example' } })
    const good = ['cookie', `a=${signHmac(JSON.stringify(goodClaims))}`] as const
    const saying = constantFrom('same-origin', 'same-site', 'cross-site', 'none', 'https://a.example', 'null', '')
    const told = array(tuple(constantFrom('sec-fetch-site', 'origin', 'referer', 'upgrade'), saying), { maxLength: 4 })
    await checkProperty(
      1000,
      asyncProperty(told, constantFrom('GET', 'HEAD', 'POST', 'get', undefined), async (lines, method) => {
        const rawHeaders = [...lines, good].flat()
        const request = { method, headers: Object.fromEntries([...lines, good]), rawHeaders }
        const { principal } = await verdictOf(auth.authenticate(request))
        const of = (wanted: string) => lines.filter(([name]) => name === wanted).map(([, value]) => value)
        const [sites, origins] = [of('sec-fetch-site'), of('origin')]
        const isRead = (method === 'GET' || method === 'HEAD') && of('upgrade').length === 0
        const isOwn = sites[0] === 'same-origin' || origins[0] === 'https://a.example'
        const isTold = sites.length <= 1 && origins.length <= 1 && isOwn
        expect(principal?.subject).toBe(isRead || isTold ? 'john' : undefined)
      }),
    )
  })

  it('returns a principal or an AuthError for any claims with a valid signature', async () => {
    await checkProperty(
      2000,
      asyncProperty(arbitraryAuth, arbitraryClaimsText, async (auth, claims) => {
        const [principal, code] = await judgeTwice(auth, signHmac(claims))
        expect(typeof principal?.claims).toBe(code === null ? 'object' : 'undefined')
      }),
    )
  })

  it('returns a principal or an AuthError for any header with a valid signature', async () => {
    await checkProperty(
      1000,
      asyncProperty(arbitraryAuth, arbitraryMembers(headerValues, 4), async (auth, members) => {
        const token = signHmac(JSON.stringify(goodClaims), objectText({ alg: 'HS256' }, members))
        const [principal, code] = await judgeTwice(auth, token)
        expect(principal?.subject).toBe(code === null ? 'john' : undefined)
      }),
    )
  })

  it('returns an AuthError for a token that is not a string', async () => {
    await checkProperty(
      300,
      asyncProperty(
        arbitraryAuth,
        anything().filter((value) => typeof value !== 'string'),
        async (auth, value) => {
          // JavaScript callers can pass any value.
          const { error } = await verdictOf(auth.verifyToken(value as string))
          expect(error?.code).toBe('token_malformed')
        },
      ),
    )
  })
})

it('accepts the valid tokens among them', async () => {
  const [, ofAll] = auths
  for (const token of goodTokens.slice(1)) expect((await ofAll?.verifyToken(token))?.subject).toBe('john')
})

/**
 * Returns the principal or the code of the error. The token is sent twice, and the cache must not change the outcome.
 */
async function judgeTwice(auth: Auth<string, unknown>, token: string) {
  const first = await verdictOf(auth.verifyToken(token))
  const again = await verdictOf(auth.verifyToken(token))
  expect(again.error?.code).toBe(first.error?.code)
  expect(again.principal?.claims).toEqual(first.principal?.claims)
  if (first.error !== null) expectPlainError(first.error)
  return [first.principal, first.error?.code ?? null] as const
}
