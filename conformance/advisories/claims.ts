import { createAuth, hasClaim } from '@claimcheck/core'
import { afterEach, expect, it, vi } from 'vitest'
import {
  acceptingSecret,
  advisory,
  allOf,
  audience,
  goodClaims,
  hmac,
  issuer,
  mint,
  mintText,
  nowSeconds,
  outcomesOf,
  secret,
  startOf,
} from './advisory.ts'
import type { Harness, SomeOptions } from './advisory.ts'

/** Skips every check except that of the signature and the syntax. */
const unchecked = { issuer: null, audience: null, maxLifetimeSeconds: null } as const

const sign = (claims: object) => mint(hmac(), { ...claims })
const signAll = (cases: Readonly<Record<string, object>>) =>
  Object.fromEntries(Object.entries(cases).map(([name, claims]) => [name, sign(claims)]))

/** Attacks with claims of the wrong type or value. */
export function claimAdvisories(harness: Harness): void {
  claimTypes(harness)
  timeClaims(harness)
  comparisons(harness)
  audiences(harness)
}

function claimTypes(harness: Harness): void {
  advisory({ 15: 'CVE-2025-30144 (fast-jwt)' }, () => {
    it.each(['iss', 'sub', 'jti', 'client_id'])('rejects an array as %s, whatever it contains', async (name) => {
      const api = await harness.start(acceptingSecret())
      const own = name === 'iss' ? issuer : 'john'
      const tokens = signAll({
        'the expected one': { [name]: [own] },
        'another, and the expected one': { [name]: ['https://evil.example', own] },
        'the expected one, and another': { [name]: [own, 'https://evil.example'] },
        'an array of arrays': { [name]: [[own]] },
        'an empty array': { [name]: [] },
        'an object like an array': { [name]: { 0: own, length: 1 } },
        'an empty string': { [name]: '' },
        'a number': { [name]: 1 },
        null: { [name]: null },
      })
      expect(await outcomesOf(api, tokens)).toEqual(allOf(tokens, 'claim_invalid'))
    })

    it('rejects an array as iss even if the issuer is not checked', async () => {
      const api = await harness.start(acceptingSecret({ issuer: null }))
      expect(await api.sendToken(sign({ iss: [issuer] }))).toBe('claim_invalid')
    })
  })

  advisory({ 21: 'CVE-2026-107723 / GHSA-5hjw-83fp-phq9 (fast-jwt)' }, () => {
    it.each<readonly [string, SomeOptions]>([
      ['everything is checked', {}],
      ['nothing is checked', unchecked],
    ])('rejects a signed payload that is not a JSON object if %s', async (_name, options) => {
      const claims = JSON.stringify(goodClaims)
      const texts = ['[]', `[${claims}]`, `["john"]`, '"john"', JSON.stringify(claims), '1', 'true', 'null', '', ' ']
      const broken = [`${claims}${claims}`, `${claims},`, claims.slice(0, -1), `\uFEFF${claims}`, `{"sub":"john",}`]
      const tokens = Object.fromEntries([...texts, ...broken].map((text) => [text, mintText(hmac(), text)]))
      const api = await harness.start(acceptingSecret(options))
      expect(await outcomesOf(api, tokens)).toEqual(allOf(tokens, 'token_malformed'))
      expect(await api.sendToken(mintText(hmac(), ` ${claims}\n`))).toBe('john')
    })
  })

  advisory({ 27: 'CVE-2026-35042 (fast-jwt)' }, () => {
    it('rejects crit and b64 in any form', async () => {
      const header = (members: object) => mint(hmac(), {}, { ...members })
      const tokens = {
        unknown: header({ crit: ['urn:example:policy'], 'urn:example:policy': 'x' }),
        'unknown and absent': header({ crit: ['urn:example:policy'] }),
        empty: header({ crit: [] }),
        duplicate: header({ crit: ['b64', 'b64'], b64: true }),
        'a registered name': header({ crit: ['alg'] }),
        'a claim': header({ crit: ['exp'], exp: goodClaims.exp }),
        'no array': header({ crit: 'b64', b64: false }),
        null: header({ crit: null }),
        'b64 false': header({ crit: ['b64'], b64: false }),
        'b64 true': header({ crit: ['b64'], b64: true }),
        'b64 without crit': header({ b64: false }),
      }
      const api = await harness.start(acceptingSecret(unchecked))
      expect(await outcomesOf(api, tokens)).toEqual(allOf(tokens, 'token_malformed'))
    })
  })
}

function timeClaims(harness: Harness): void {
  advisory({ 22: 'CVE-2026-107721 / GHSA-687g-22h4-j4w4 (fast-jwt)' }, () => {
    const wrong = [Number.NaN, Infinity, -Infinity, -1, 2 ** 40, '60', '60s', [60], true, {}, undefined]

    it.each(['clockToleranceSeconds', 'maxTokenAgeSeconds', 'maxLifetimeSeconds', 'maxStaleSeconds', 'maxTokenBytes'])(
      'does not start with a %s that is not a number within its bounds',
      async (name) => {
        for (const value of name === 'maxLifetimeSeconds' ? wrong : [...wrong, null]) {
          expect([value, await startOf(harness, { ...acceptingSecret(), [name]: value })]).toEqual([value, name])
        }
      },
    )

    it('limits the clock tolerance to 300 seconds, and does not share it between Auths', async () => {
      expect(await startOf(harness, acceptingSecret({ clockToleranceSeconds: 301 }))).toBe('clockToleranceSeconds')
      const tolerant = await harness.start(acceptingSecret({ clockToleranceSeconds: 300 }))
      const strict = await harness.start(acceptingSecret({ clockToleranceSeconds: 0 }))
      const token = sign({ exp: nowSeconds - 200 })
      expect(await tolerant.sendToken(token)).toBe('john')
      expect(await strict.sendToken(token)).toBe('token_expired')
      expect(await tolerant.sendToken(token)).toBe('john')
      expect(await tolerant.sendToken(sign({ exp: nowSeconds - 300 }))).toBe('token_expired')
    })
  })

  advisory({ 33: 'CVE-2026-44459 / GHSA-hm8q-7f3q-5f36 (hono)' }, () => {
    const noTimes = ['""', '"1"', `"${nowSeconds}"`, '1e999', '-1e999', '9007199254740993', 'null', 'true', '[]', '{}']
    const withRaw = (name: string, text: string) => {
      const { [name as 'exp']: _left, ...claims } = goodClaims
      return mintText(hmac(), `{"${name}":${text},${JSON.stringify(claims).slice(1)}`)
    }
    const options = { ...unchecked, maxTokenAgeSeconds: 600 } as const

    it.each(['exp', 'nbf', 'iat'])('rejects a value of %s that is not a finite number', async (name) => {
      const tokens = Object.fromEntries([...noTimes, `[${nowSeconds}]`].map((text) => [text, withRaw(name, text)]))
      for (const api of [await harness.start(acceptingSecret()), await harness.start(acceptingSecret(unchecked))]) {
        expect(await outcomesOf(api, tokens)).toEqual(allOf(tokens, 'claim_invalid'))
      }
    })

    it.each([
      ['exp', '0', 'token_expired'],
      ['exp', '-1', 'token_expired'],
      ['exp', '-0', 'token_expired'],
      ['exp', '1', 'token_expired'],
      ['iat', '0', 'token_expired'],
      ['iat', '-1', 'token_expired'],
      ['iat', String(nowSeconds * 1000), 'token_not_active'],
      ['nbf', String(nowSeconds * 1000), 'token_not_active'],
      ['nbf', '0', 'john'],
      ['nbf', '-1', 'john'],
    ])('accepts %s: %s as the time that it states: %s', async (name, text, outcome) => {
      expect(await (await harness.start(acceptingSecret(options))).sendToken(withRaw(name, text))).toBe(outcome)
    })
  })
}

function comparisons(harness: Harness): void {
  advisory({ 25: 'CVE-2026-35040 (fast-jwt)', 26: 'CVE-2026-35041 (fast-jwt)' }, () => {
    it.each(['issuer', 'audience', 'clients', 'requiredClaims', 'typ', 'algorithms'])(
      'does not start with a regular expression as %s',
      async (name) => {
        for (const expression of [/.*/, /^(a+)+$/g, /x/y]) {
          expect(await startOf(harness, { ...acceptingSecret(), [name]: expression })).toBe(name)
          expect(await startOf(harness, { ...acceptingSecret(), [name]: [expression] })).toMatch(new RegExp(`^${name}`))
        }
      },
    )

    it('returns the same result for the same token, however often it is sent', async () => {
      const api = await harness.start(acceptingSecret())
      for (let times = 0; times < 6; times++) {
        expect([times, await api.sendToken(sign({}))]).toEqual([times, 'john'])
        expect([times, await api.sendToken(sign({ aud: 'other' }))]).toEqual([times, 'audience_not_allowed'])
        expect([times, await api.send({ headers: [['Authorization', 'Bearer !']] })]).toEqual([
          times,
          'request_malformed',
        ])
      }
    })

    it('interprets no character of an option as a pattern', async () => {
      const api = await harness.start(acceptingSecret({ clients: 'web.app' }))
      const right = { azp: 'web.app' }
      expect(await api.sendToken(sign({ ...right, iss: 'https://issuerXexample' }))).toBe('issuer_unknown')
      expect(await api.sendToken(sign({ ...right, aud: 'https://apiXexample' }))).toBe('audience_not_allowed')
      expect(await api.sendToken(sign({ azp: 'webXapp' }))).toBe('claim_invalid')
      expect(await api.sendToken(sign({ ...right, aud: `${audience}.evil.example` }))).toBe('audience_not_allowed')
      expect(await api.sendToken(sign({ ...right, aud: `https://evil.example/${audience}` }))).toBe(
        'audience_not_allowed',
      )
      expect(await api.sendToken(sign(right))).toBe('john')
    })

    it('compares claims of policies and roles exactly', async () => {
      const guards = [hasClaim('tenant', 'a.c')]
      const api = await harness.start(acceptingSecret(), { guards })
      expect(await api.sendToken(sign({ tenant: 'abc' }))).toBe('access_denied')
      expect(await api.sendToken(sign({ tenant: 'a.c' }))).toBe('john')
      expect(
        await startOf(harness, acceptingSecret({ roles: { a: { claim: 'groups', includes: /a/ as never } } })),
      ).toBe('roles.a.includes')
    })
  })
}

function audiences(harness: Harness): void {
  advisory({ 30: 'CVE-2025-62610 (hono)' }, () => {
    it('rejects a token whose aud is missing or names other audiences', async () => {
      const api = await harness.start(acceptingSecret())
      const tokens = signAll({
        missing: { aud: undefined },
        'for another': { aud: 'https://other.example' },
        'for others': { aud: ['https://other.example', 'https://third.example'] },
        'for nobody': { aud: [] },
        empty: { aud: '' },
        'in another case': { aud: audience.toUpperCase() },
        'with a slash': { aud: `${audience}/` },
        'a list by blanks': { aud: `${audience} https://other.example` },
      })
      expect(await outcomesOf(api, tokens)).toEqual(allOf(tokens, 'audience_not_allowed'))
    })

    it('rejects an aud of the wrong type', async () => {
      const api = await harness.start(acceptingSecret())
      const tokens = signAll({
        nested: { aud: [[audience]] },
        mixed: { aud: [audience, 1] },
        object: { aud: { 0: audience, length: 1 } },
        null: { aud: null },
        true: { aud: true },
        number: { aud: 1 },
      })
      expect(await outcomesOf(api, tokens)).toEqual(allOf(tokens, 'claim_invalid'))
    })

    it('accepts an aud that contains the audience, alone or with others', async () => {
      const api = await harness.start(acceptingSecret())
      const tokens = signAll({ alone: { aud: audience }, among: { aud: ['https://other.example', audience] } })
      expect(await outcomesOf(api, tokens)).toEqual(allOf(tokens, 'john'))
    })
  })

  advisory({ 44: 'CVE-2026-30863 (parse-server)' }, () => {
    afterEach(() => vi.unstubAllEnvs())

    it.each(['issuer', 'audience'] as const)('does not start with an %s that is missing or empty', async (name) => {
      for (const value of [undefined, '', [], [undefined], ['']]) {
        expect(await startOf(harness, { ...acceptingSecret(), [name]: value })).toMatch(new RegExp(`^${name}`))
      }
      const { [name]: _left, ...others } = { ...acceptingSecret() } as Readonly<Record<string, unknown>>
      expect(await startOf(harness, others)).toBe(name)
    })

    if (!harness.isCore) return

    it.each(['JWT_ISSUER', 'JWT_AUDIENCE'])('does not start from an environment without %s', (name) => {
      const environment = { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_SECRET: secret }
      for (const [variable, value] of Object.entries(environment)) vi.stubEnv(variable, value)
      expect(() => createAuth()).not.toThrow()
      for (const value of [undefined, '']) {
        vi.stubEnv(name, value)
        expect(() => createAuth()).toThrow(`Invalid variable "${name}": expected`)
      }
    })
  })

  advisory({ 46: 'CVE-2026-30949 (parse-server)' }, () => {
    it('rejects a token of the realm that was issued for another client', async () => {
      const api = await harness.start(acceptingSecret({ clients: ['web', 'app'] }))
      const tokens = signAll({
        missing: {},
        'another azp': { azp: 'evil' },
        'another client_id': { client_id: 'evil' },
        'another beside ours': { azp: 'web', client_id: 'evil' },
        'ours beside another': { azp: 'evil', client_id: 'web' },
        'an array': { azp: ['web'] },
        'a longer name': { azp: 'web-admin' },
        null: { azp: null },
      })
      expect(await outcomesOf(api, tokens)).toEqual(allOf(tokens, 'claim_invalid'))
      expect(await api.sendToken(sign({ azp: 'web' }))).toBe('john')
      expect(await api.sendToken(sign({ client_id: 'app' }))).toBe('john')
    })

    it('does not start with clients that are undefined or empty', async () => {
      for (const clients of [undefined, null, '', [], ['']]) {
        expect(await startOf(harness, { ...acceptingSecret(), clients })).toMatch(/^clients/)
      }
    })
  })
}
