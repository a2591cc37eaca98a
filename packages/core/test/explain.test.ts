import { describe, expect, it, vi } from 'vitest'
import { allOf, anyOf, ConfigError, hasClaim, hasRole, hasScope, authErrorCodes } from '../src/index.ts'
import { createRevocations } from '../src/revocation.ts'
import type { Auth, Explanation } from '../src/index.ts'
import { remedies } from '../src/explain/words.ts'
import { audience, authWith, bearer, issuer, keyPair, now, nowSeconds, secret, sign } from './tokens.ts'

const otherSecret = 'another secret, which signed for another server'

/** The step that rejected the request, or null. */
function rejectionIn({ steps }: Explanation) {
  return steps.find(({ verdict }) => verdict === 'rejected') ?? null
}

async function explain(token: string, auth: Auth<string, unknown> = authWith()) {
  return auth.explain(bearer(token))
}

describe('auth.explain', () => {
  it('explain reports every step of an accepted request as passed, in order', async () => {
    const { outcome, code, status, steps } = await explain(await sign({ admin: true, scope: 'read' }))
    expect([outcome, code, status]).toEqual(['accepted', null, null])
    expect(steps.map(({ step }) => step).join(', ')).toBe(
      'extract, parse, find issuer, screen typ, screen alg, screen exp, find key, verify, validate types, ' +
        'validate use, validate cnf, validate aud, validate times, map, revocation',
    )
    expect(steps.every(({ verdict, found, remedy }) => verdict === 'passed' && found !== '' && remedy === null)).toBe(
      true,
    )
    expect(steps.find(({ step }) => step === 'map')?.found).toBe('roles ["admin"], scopes ["read"]')
  })

  it.each([
    ['extract', 'request_malformed', 'two words', {}],
    ['parse', 'token_malformed', 'no.token', {}],
    ['parse', 'token_too_large', `${'a'.repeat(9000)}.b.c`, {}],
    ['find issuer', 'issuer_unknown', sign({ iss: 'https://other.example' }), {}],
    ['find issuer', 'claim_invalid', sign({ iss: 1 }), {}],
    ['screen typ', 'token_type_not_allowed', sign({}, { typ: 'logout+jwt' }), {}],
    ['screen alg', 'algorithm_not_allowed', sign({}, { alg: 'HS512' }, secret + secret), {}],
    ['screen exp', 'token_expired', sign({ exp: nowSeconds - 60 }), {}],
    ['screen exp', 'claim_invalid', sign({ exp: undefined }), {}],
    ['verify', 'signature_invalid', sign({}, {}, otherSecret), {}],
    ['validate types', 'claim_invalid', sign({ sub: 7 }), {}],
    ['validate use', 'token_type_not_allowed', sign({ at_hash: 'x' }), {}],
    ['validate cnf', 'token_bound', sign({ cnf: { jkt: 'x' } }), {}],
    ['validate aud', 'audience_not_allowed', sign({ aud: 'https://other.example' }), {}],
    ['validate aud', 'claim_invalid', sign({ aud: [1] }), {}],
    ['validate client', 'claim_invalid', sign({ azp: 'web' }), { clients: 'mobile' }],
    ['validate required', 'claim_invalid', sign(), { requiredClaims: ['tenant'] }],
    ['validate times', 'token_not_active', sign({ nbf: nowSeconds + 60 }), {}],
    ['validate times', 'claim_invalid', sign(), { maxLifetimeSeconds: 60 }],
    ['validate times', 'token_expired', sign(), { maxTokenAgeSeconds: 10 }],
    ['revocation', 'token_revoked', sign(), { isRevoked: () => true }],
    ['revocation', 'revocation_unavailable', sign(), { isRevoked: () => 'no' }],
  ])('explain reports that the step "%s" rejects with %s', async (step, code, token, options) => {
    const explanation = await explain(await token, authWith(options))
    expect([explanation.outcome, explanation.code, rejectionIn(explanation)?.step]).toEqual(['rejected', code, step])
    expect(rejectionIn(explanation)?.remedy).toBe(remedies[explanation.code ?? 'token_missing'])
    const verdicts = explanation.steps.map(({ verdict }) => verdict)
    const end = verdicts.indexOf('rejected')
    expect(verdicts).toEqual(verdicts.map((_, at) => (at < end ? 'passed' : at === end ? 'rejected' : 'not_reached')))
  })

  it('explain reports that the step "find key" rejects, with the reason of the key source', async () => {
    const { jwk, privateKey } = await keyPair('ES256', 'k1')
    const auth = authWith({ keys: { jwks: { keys: [jwk] } } })
    const explanation = await explain(await sign({}, { alg: 'ES256', kid: 'k2' }, privateKey), auth)
    expect(rejectionIn(explanation)).toMatchObject({
      step: 'find key',
      expected: 'one key of the issuer for "ES256" with kid "k2"',
      found: 'no key, or more than one, matches kid and alg',
    })
  })

  it('explain reports a request without a token as anonymous, with the code token_missing', async () => {
    const explanation = await authWith().explain({ headers: {} })
    expect(explanation).toMatchObject({ outcome: 'anonymous', code: 'token_missing', status: 401 })
    expect(rejectionIn(explanation)).toMatchObject({ step: 'extract', found: 'no token' })
  })

  it('explain reports the policy as the last step', async () => {
    const policy = hasScope('write')
    const explanation = await authWith().explain(bearer(await sign({ scope: 'read' })), { policy })
    expect(explanation).toMatchObject({ outcome: 'rejected', code: 'scope_insufficient', status: 403 })
    expect(rejectionIn(explanation)).toMatchObject({
      step: 'decide',
      expected: 'scope write',
      found: 'unmet: scope write',
    })
    const combined = allOf(hasRole('admin'), anyOf(hasScope('read'), hasClaim('tenant', 42)))
    const { steps } = await authWith().explain(bearer(await sign()), { policy: combined })
    expect(steps.at(-1)).toMatchObject({ expected: 'role admin, and (scope read, or claim tenant)' })
    const met = await authWith().explain(bearer(await sign({ scope: 'write' })), { policy })
    expect(met.steps.at(-1)).toMatchObject({ step: 'decide', verdict: 'passed' })
  })

  it('explain runs every step for a cached token, and does not add a token to the cache', async () => {
    // The rule runs once for each token that is not cached.
    const rule = vi.fn(() => true)
    const auth = authWith({ roles: { admin: rule }, cache: { max: 1 } })
    const [token, other] = [await sign({ jti: 'a' }), await sign({ jti: 'b' })]
    const countCalls = async (work: () => Promise<unknown>) => {
      rule.mockClear()
      await work()
      return rule.mock.calls.length
    }
    expect(await countCalls(() => explain(token, auth))).toBe(1)
    expect(await countCalls(() => auth.verifyToken(token))).toBe(1)
    expect(await countCalls(() => explain(other, auth))).toBe(1)
    expect(await countCalls(() => auth.verifyToken(token))).toBe(0)
    expect(await countCalls(() => explain(token, auth))).toBe(1)
  })

  it('explain describes what each step expects and finds, and includes no other claim', async () => {
    const claims = { aud: [audience, 'x'], sub: 'canary-sub', jti: 'canary-jti', admin: true, tenant: 'canary-tenant' }
    const times = { nbf: nowSeconds - 7200, iat: nowSeconds - 60, exp: nowSeconds + 600 }
    const more = { azp: 'web', client_id: 'app', scope: 'read write', cnf: { jkt: 'canary-cnf' }, ...times }
    const token = await sign({ ...claims, ...more }, { kid: 'k1', typ: 'JWT' })
    const auth = authWith({
      audience: [audience, 'b'],
      clients: ['web', 'app'],
      requiredClaims: ['tenant'],
      tokenBinding: null,
      maxTokenAgeSeconds: 86_400,
      maxLifetimeSeconds: 7200,
      isRevoked: () => false,
      roles: { admin: 'admin' },
    })
    const policy = allOf(hasRole('admin'), hasScope('read'))
    const { steps } = await auth.explain(bearer(token), { policy })
    expect(steps.map(({ step, expected, found }) => [step, expected, found])).toEqual([
      ['extract', 'a token in Authorization: Bearer', `a token of ${token.length} characters`],
      [
        'parse',
        'a signed JWT with three parts (RFC 7515), at most 8192 bytes',
        `${token.length} bytes, with the claims ["iss", "aud", "sub", "iat", "exp", "jti", "admin", "tenant", "azp", "client_id", "scope", "cnf", "nbf"]`,
      ],
      ['find issuer', `iss to be "${issuer}"`, `iss "${issuer}"`],
      ['screen typ', 'typ to be absent, "jwt" or "at+jwt"', 'typ "jwt"'],
      ['screen alg', 'alg to be HS256', 'alg "HS256"'],
      ['screen exp', 'exp after 2023-11-14T22:13:20Z (tolerance 5 s)', 'exp 2023-11-14T22:23:20Z (in 10 minutes)'],
      ['find key', 'one key of the issuer for "HS256" with kid "k1"', 'a shared secret, without kid'],
      ['verify', 'a valid signature', 'the signature is valid'],
      ['validate types', 'iss, sub, jti and client_id to be non-empty strings, if present', 'ok'],
      ['validate use', 'an access token: no at_hash, no c_hash, no other token_use', 'ok'],
      ['validate cnf', 'any, because tokenBinding is null', 'a cnf'],
      ['validate aud', `aud to contain "${audience}" or "b"`, `aud ["${audience}", "x"]`],
      ['validate client', 'azp or client_id to be "web" or "app"', 'azp "web", client_id "app"'],
      ['validate required', 'tenant to be present', 'ok'],
      [
        'validate times',
        'exp after 2023-11-14T22:13:20Z, nbf absent or before it (tolerance 5 s); iat in the past, at most 24 hours ago; exp at most 2 hours after iat',
        'exp 2023-11-14T22:23:20Z (in 10 minutes); nbf 2023-11-14T20:13:20Z (2 hours ago); iat 2023-11-14T22:12:20Z (60 seconds ago); lifetime 11 minutes',
      ],
      ['map', 'roles from the role map', 'roles ["admin"], scopes ["read", "write"]'],
      ['revocation', 'isRevoked to report that the token is not revoked', 'the token is not revoked'],
      ['decide', 'role admin, and scope read', 'the policy is met'],
    ])
  })

  it('explain truncates long claim values', async () => {
    const { found } =
      rejectionIn(
        await explain(await sign({ aud: Array.from({ length: 25 }, (_, at) => `${at}${'x'.repeat(200)}`) })),
      ) ?? {}
    expect(found).toMatch(/"19x{78}…", and 5 more\]$/)
    expect(rejectionIn(await explain(await sign({ exp: 1e15, nbf: 1e15 })))?.found).toMatch(
      /nbf 1000000000000000 s \(in more than 100 years\)/,
    )
  })

  it('explain returns a deeply frozen explanation', async () => {
    const explanation = await explain(await sign())
    expect([explanation, explanation.steps, ...explanation.steps].every(Object.isFrozen)).toBe(true)
  })

  it('explain reports the time that a step used, although the clock changed between steps', async () => {
    const seconds = [0, 0, 700, 0]
    const auth = authWith({ now: () => (nowSeconds + (seconds.shift() ?? 0)) * 1000 })
    const rejection = rejectionIn(await explain(await sign(), auth))
    expect(rejection).toMatchObject({
      step: 'validate times',
      found: expect.stringContaining('(100 seconds ago)') as unknown,
    })
  })

  it('explain checks the revocation list of the Auth', async () => {
    const revocation = createRevocations({ now })
    const auth = authWith({ revocation })
    const token = await sign({ jti: 'a' })
    expect((await explain(token, auth)).outcome).toBe('accepted')
    await revocation.revokeToken({ issuer, jti: 'a', until: nowSeconds + 600 })
    expect(rejectionIn(await explain(token, auth))?.step).toBe('revocation')
  })

  it('explain rejects with the error of a role rule, as a request does', async () => {
    const auth = authWith({ roles: { admin: () => 1 as unknown as boolean } })
    await expect(explain(await sign(), auth)).rejects.toThrow('The rule of role admin must return true or false')
  })

  it('explain includes only values of claims that options name, and no part of the signature', async () => {
    const token = await sign({ email: 'canary@example', sub: 'canary-sub', jti: 'canary-jti' })
    const text = JSON.stringify(await explain(token))
    expect(text).not.toMatch(/canary/)
    expect(text).not.toContain(token.split('.')[2])
    expect(text).toContain(audience)
  })

  it('explain escapes control characters', async () => {
    const explanation = await explain(await sign({ aud: '\u009b31m\u202e\n' }))
    expect(rejectionIn(explanation)?.found).toBe('aud "\\u{9b}31m\\u{202e}\\n"')
  })

  it('explain has a remedy for every error code', () => {
    expect(Object.keys(remedies).toSorted()).toEqual(authErrorCodes.toSorted())
  })

  it('rejects explain in production unless inProduction is true', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    const request = bearer(await sign())
    await expect(authWith().explain(request)).rejects.toThrow(ConfigError)
    await expect(authWith().explain(request, { inProduction: false })).rejects.toThrow(
      'Invalid option "inProduction": expected true',
    )
    expect((await authWith().explain(request, { inProduction: true })).outcome).toBe('accepted')
    vi.unstubAllEnvs()
  })

  it('rejects an unknown or invalid option of explain', async () => {
    await expect(authWith().explain(bearer(''), { polciy: 1 } as object)).rejects.toThrow('Unknown option "polciy"')
    await expect(authWith().explain(bearer(''), { inProduction: 'yes' } as object)).rejects.toThrow('true or false')
  })
})
