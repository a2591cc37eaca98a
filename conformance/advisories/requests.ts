import { existsSync } from 'node:fs'
import { inspect } from 'node:util'
import { AuthError, hasRole } from '@claimcheck/core'
import { expect, it } from 'vitest'
import type { RawRequest } from '@claimcheck/testing/contract/raw-client'
import { acceptingSecret, advisory, bearer, encode, hmac, mint, recordKeyQueries, secret } from './advisory.ts'
import type { Harness } from './advisory.ts'

const good = mint(hmac())
const ofRoot = mint(hmac(), { sub: 'root', admin: true })
const forged = `${encode('{"alg":"HS256"}')}.${encode('{"sub":"CANARY"}')}.${encode('no signature')}`

/** Spellings of a path that a part of a server might treat as `/admin`, or as another path. */
const slashes = ['/admin', '//admin', '///admin', '/admin/', '/admin//', '/./admin', '/admin/.', '/x/../admin']
const letters = ['/ADMIN', '/Admin', '/admin.json', '/admin?', '/admin?/public', '/public', '/', '/favicon.ico']
const parameters = ['/admin;', '/admin;x=1', '/;/admin', '/x/..;/admin', '/admin;.public']
const encodings = [
  '/%61dmin',
  '/%2fadmin',
  '/admin%2f',
  '/admin%3f',
  '/admin%00',
  '/admin%20',
  '/%2e/admin',
  '/%252fadmin',
]
const absolute = ['http://127.0.0.1/admin', 'http://evil.example/admin', 'http://evil.example/public']
const spellings = [...slashes, ...letters, ...parameters, ...encodings, ...absolute]

/** Attacks with requests that could be misinterpreted. */
export function requestAdvisories(harness: Harness): void {
  schemes(harness)
  paths(harness)
  faults(harness)
  unverified(harness)
  identities(harness)
  sizes(harness)
}

function schemes(harness: Harness): void {
  advisory({ 34: 'CVE-2026-47673 / GHSA-f577-qrjj-4474 (hono)' }, () => {
    const values = {
      ...Object.fromEntries(
        ['Basic', 'Token', 'JWT', 'DPoP', 'MAC', 'Negotiate', 'Bearers', 'XBearer', 'Bear', 'B', 'Bearer-Token'].map(
          (scheme) => [scheme, `${scheme} ${good}`],
        ),
      ),
      'no scheme': good,
      'a scheme behind': `${good} Bearer`,
      'Basic with a token as password': `Basic ${Buffer.from(`john:${good}`).toString('base64')}`,
    }

    it('accepts a token with no scheme other than Bearer', async () => {
      const api = await harness.start(acceptingSecret())
      for (const [name, value] of Object.entries(values)) {
        expect([name, await api.send({ headers: [['Authorization', value]] })]).toEqual([name, 'token_missing'])
      }
      for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR']) {
        expect(await api.send({ headers: [['Authorization', `${scheme} ${good}`]] })).toBe('john')
      }
    })
  })
}

function paths(harness: Harness): void {
  advisory(
    {
      39: 'CVE-2026-2880, -22037, -33808 (@fastify/middie, @fastify/express)',
      40: 'CVE-2026-41248 (Clerk SDKs)',
    },
    () => {
      const path = '/admin'
      const rewrites = ['X-Original-URL', 'X-Rewrite-URL', 'X-Forwarded-Uri', 'X-Forwarded-Prefix', 'Referer']
      const overrides = ['X-HTTP-Method-Override', 'X-Method-Override', 'X-Middleware-Subrequest']
      const requests: readonly RawRequest[] = [
        ...spellings.flatMap((spelling) => [{ path: spelling }, { path: spelling, method: 'POST' }]),
        ...rewrites.map((name) => ({ path, headers: [[name, '/public']] }) as const),
        ...overrides.map((name) => ({ path, headers: [[name, 'OPTIONS']] }) as const),
      ]
      const outcomesOf = async (
        send: (request: RawRequest) => Promise<string>,
        ...lines: RawRequest['headers'] & {}
      ) => {
        const outcomes = new Set<string>()
        for (const request of requests)
          outcomes.add(await send({ ...request, headers: [...(request.headers ?? []), ...lines] }))
        return outcomes
      }

      it('requires a token for every path', async () => {
        const { send, handlerCalls } = await harness.start(acceptingSecret(), { path })
        expect(await outcomesOf(send)).toEqual(new Set(['token_missing']))
        expect(handlerCalls()).toBe(0)
        expect(await send({ path, headers: [bearer(good)] })).toBe('john')
      })

      it('protects a route in every spelling of its path', async () => {
        const { send, handlerCalls } = await harness.start(acceptingSecret(), {
          path,
          mode: 'optional',
          guards: [hasRole('admin')],
        })
        // Other paths receive the 404 of the framework.
        const others = harness.isCore ? [] : ['status 404']
        expect(await outcomesOf(send)).toEqual(new Set(['token_missing', ...others]))
        expect(await outcomesOf(send, bearer(good))).toEqual(new Set(['access_denied', ...others]))
        expect(handlerCalls()).toBe(0)
        expect(await send({ path, headers: [bearer(ofRoot)] })).toBe('root')
      })
    },
  )
}

function faults(harness: Harness): void {
  advisory({ 42: 'CVE-2017-7474 (keycloak-connect)' }, () => {
    const thrown: readonly (readonly [string, unknown])[] = [
      ['an error', new Error('connect ECONNREFUSED')],
      [
        'an error that names a status',
        Object.assign(new Error('fine'), { status: 200, statusCode: 200, expose: true }),
      ],
      ['an AuthError with another code', new AuthError('token_missing')],
      ['undefined', undefined],
      ['null', null],
      ['false', false],
      ['a text that means something to routers', 'route'],
      ['an object', { status: 204 }],
    ]

    it.each(thrown)('rejects the request if user code throws or rejects with %s', async (_name, reason) => {
      const ways = [
        () => {
          throw reason
        },
        () => Promise.reject(reason),
      ]
      for (const mode of ['required', 'optional', 'attempt'] as const) {
        for (const fail of ways) {
          const ofKeys = await harness.start(
            acceptingSecret({ keys: { find: fail, has: () => true }, algorithms: ['HS256'] }),
            {
              mode,
            },
          )
          const ofRevocation = await harness.start(acceptingSecret({ isRevoked: fail }), { mode })
          const outcomes = [await ofKeys.sendToken(good), await ofRevocation.sendToken(good)]
          expect(outcomes).toEqual(['keys_unavailable', 'revocation_unavailable'])
          expect([ofKeys.handlerCalls(), ofRevocation.handlerCalls()]).toEqual([0, 0])
        }
      }
    })
  })
}

function unverified(harness: Harness): void {
  advisory({ 47: 'CVE-2019-13483 (auth0 passport-sharepoint)' }, () => {
    it('does not use the claims of an unverified token', async () => {
      for (const mode of ['required', 'optional'] as const) {
        const api = await harness.start(acceptingSecret({ issuer: null, audience: null, maxLifetimeSeconds: null }), {
          mode,
        })
        expect(await api.sendToken(forged)).toBe('signature_invalid')
        expect(api.handlerCalls()).toBe(0)
      }
      const attempting = await harness.start(acceptingSecret(), {
        mode: 'attempt',
        handle: (principal) => inspect(principal),
      })
      expect(await attempting.sendToken(mint(hmac(`${secret}, of another`)))).toBe('null')
    })

    if (!harness.isCore) return

    it('exports no function that reads a token without verifying it', async () => {
      for (const [name, exported] of await everyExport()) {
        expect(name).not.toMatch(/decode|parse|peek|unverified|unsafe|insecure/i)
        if (typeof exported === 'function') expect([name, await revealsPayload(exported)]).toEqual([name, false])
      }
    })
  })
}

/** A value that every function accepts as an additional argument. */
const anything: unknown = new Proxy(() => undefined, {
  get: (_target, name) => (name === 'then' ? undefined : () => undefined),
})

/** Whether a function reveals the payload of a token in its result or its error. */
async function revealsPayload(exported: Function): Promise<boolean> {
  const response: unknown[] = []
  for (const argument of [forged, { headers: { authorization: `Bearer ${forged}` } }]) {
    for (const others of [[], [anything, anything, anything]]) {
      try {
        response.push(await Reflect.apply(exported, undefined, [argument, ...others]))
      } catch (error) {
        response.push(error)
      }
    }
  }
  return inspect(response, { depth: 6 }).includes('CANARY')
}

/** The exports of core and of every existing adapter. */
async function everyExport(): Promise<readonly (readonly [name: string, exported: unknown])[]> {
  const adapters = ['express', 'fastify', 'koa'].filter((folder) =>
    existsSync(new URL(`../../packages/${folder}/package.json`, import.meta.url)),
  )
  const entries = ['core', 'core/adapter', 'core/presets', ...adapters].map((name) => `@claimcheck/${name}`)
  const modules = await Promise.all(entries.map(async (name) => [name, (await import(name)) as object] as const))
  return modules.flatMap(([name, module]) =>
    Object.entries(module).map(([key, exported]) => [`${name} ${key}`, exported] as const),
  )
}

function identities(harness: Harness): void {
  advisory({ 51: 'CVE-2025-61928, GHSA-xg6x-h9c9-2m83 (better-auth)' }, () => {
    const user = { sub: 'root', userId: 'root', user: { id: 'root', admin: true }, auth: { subject: 'root' } }
    const request: RawRequest = {
      method: 'POST',
      path: `/?sub=root&user_id=root&admin=true&access_token=${ofRoot}`,
      headers: [
        ['Content-Type', 'application/json'],
        ['Cookie', `session=root; access_token=${ofRoot}; token=${ofRoot}`],
        ['X-User-Id', 'root'],
        ['X-Forwarded-User', 'root'],
        ['X-Access-Token', ofRoot],
        ['Proxy-Authorization', `Bearer ${ofRoot}`],
      ],
      body: JSON.stringify({ ...user, access_token: ofRoot, token: ofRoot }),
    }
    const withToken = { ...request, headers: [...(request.headers ?? []), bearer(good)] }

    it('takes the caller only from the token, whatever the body, query and other headers say', async () => {
      const { send } = await harness.start(acceptingSecret())
      for (let times = 0; times < 2; times++) {
        expect([await send(request), await send(withToken)]).toEqual(['token_missing', 'john'])
      }
      const guarded = await harness.start(acceptingSecret(), { guards: [hasRole('admin')] })
      expect([await guarded.send(request), await guarded.send(withToken)]).toEqual(['token_missing', 'access_denied'])
    })

    it('has no caller for a request without a token after one with a token', async () => {
      const { send } = await harness.start(acceptingSecret(), { mode: 'optional' })
      expect([await send(withToken), await send(request), await send({})]).toEqual(['john', 'anonymous', 'anonymous'])
    })
  })
}

function sizes(harness: Harness): void {
  // Node accepts at most 16 KB of headers.
  const length = harness.isCore ? 200_000 : 12_000

  advisory({ 53: 'GHSA-w48q-cv73-mx4w, CVE-2026-0621 (MCP SDK)' }, () => {
    it('reads a hostile header in linear time (otherwise this test would not end)', async () => {
      const { keys, queries } = recordKeyQueries()
      const { send } = await harness.start(acceptingSecret({ keys }))
      const filler = (text: string) => text.repeat(length / text.length)
      const values = {
        'blanks behind the scheme': ['Bearer a', filler(' '), '!'],
        'blanks before the token': ['Bearer', filler(' '), '!'],
        'a long token that ends ill': ['Bearer ', filler('a'), '!'],
        'padding that ends ill': ['Bearer ', filler('='), '!'],
        'words and padding': ['Bearer ', filler('a='), '!'],
        commas: ['Bearer ', filler(','), ''],
        'a scheme without an end': ['', filler('B'), ''],
        'parameters without an end': ['DPoP ', filler('a="\\"",'), ''],
      }
      for (const [name, parts] of Object.entries(values)) {
        const outcome = await send({ headers: [['Authorization', parts.join('')]] })
        expect([name, ['request_malformed', 'token_missing'].includes(outcome)]).toEqual([name, true])
      }
      expect(queries).toEqual([])
    })

    it('reads a hostile payload in linear time', async () => {
      const { keys, queries } = recordKeyQueries()
      const { sendToken } = await harness.start(acceptingSecret({ keys, maxTokenBytes: 65_536 }))
      const room = harness.isCore ? 48_000 : 9_000
      for (const text of ['"', '\\', '{"":', '[', '{"a":"', ',', '\\u0000', '" :', ' ']) {
        const payload = encode(text.repeat(room / text.length))
        expect(await sendToken(`${encode('{"alg":"HS256"}')}.${payload}.${encode('x')}`)).toBe('token_malformed')
      }
      const names = Array.from({ length: room / 10 }, (_, index) => `"n${index}":0`)
      expect(await sendToken(`${encode('{"alg":"ES256"}')}.${encode(`{${names.join()}}`)}.AAAA`)).toBe('issuer_unknown')
      expect(queries).toEqual([])
    })
  })

  advisory({ 56: 'GHSA-mh63-6h87-95cp (golang-jwt)' }, () => {
    it('rejects too many dots by their number before splitting, and few dots as malformed', async () => {
      const { keys, queries } = recordKeyQueries()
      const { sendToken } = await harness.start(acceptingSecret({ keys }))
      expect(await sendToken('.'.repeat(harness.isCore ? 1_000_000 : 12_000))).toBe('token_too_large')
      expect(await sendToken(`${good}${'.'.repeat(8192)}`)).toBe('token_too_large')
      for (const dots of [8192, 5, 4, 3, 2, 1]) expect(await sendToken('.'.repeat(dots))).toBe('token_malformed')
      expect(queries).toEqual([])
    })
  })
}
