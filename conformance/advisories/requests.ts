import { existsSync } from 'node:fs'
import { inspect } from 'node:util'
import { AuthError, hasRole } from '@claimcheck/core'
import type { AuthOptions } from '@claimcheck/core'
import { expect, it } from 'vitest'
import { accepting as acceptingKeys, bearer } from '@claimcheck/testing/contract/issuer'
import type { SomeOptions } from '@claimcheck/testing/contract/issuer'
import type { RawRequest } from '@claimcheck/testing/contract/raw-client'
import { advisory } from './advisory.ts'
import { askedKeys } from './asked-keys.ts'
import type { Harness } from './door.ts'
import { encode, hmac, mint, secret } from './forge.ts'

const accepting = (options: SomeOptions = {}): AuthOptions => acceptingKeys({ keys: { secret }, ...options })
const good = mint(hmac())
const ofRoot = mint(hmac(), { sub: 'root', admin: true })
const forged = `${encode('{"alg":"HS256"}')}.${encode('{"sub":"CANARY"}')}.${encode('no signature')}`

/** Ways to write a path that some part of a server may take for `/admin`, or for another. */
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

/** Requests that would be taken for others, or for more than they are worth. */
export function requestAdvisories(door: Harness): void {
  schemes(door)
  paths(door)
  faults(door)
  unverified(door)
  identities(door)
  sizes(door)
}

function schemes(door: Harness): void {
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

    it('takes a good token under no other scheme than Bearer', async () => {
      const entrance = await door.open(accepting())
      for (const [name, value] of Object.entries(values)) {
        expect([name, await entrance.ask({ headers: [['Authorization', value]] })]).toEqual([name, 'token_missing'])
      }
      for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR']) {
        expect(await entrance.ask({ headers: [['Authorization', `${scheme} ${good}`]] })).toBe('john')
      }
    })
  })
}

function paths(door: Harness): void {
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
        ask: (request: RawRequest) => Promise<string>,
        ...lines: RawRequest['headers'] & {}
      ) => {
        const outcomes = new Set<string>()
        for (const request of requests)
          outcomes.add(await ask({ ...request, headers: [...(request.headers ?? []), ...lines] }))
        return outcomes
      }

      it('asks for a token whatever the path is, or looks like', async () => {
        const { ask, timesReached } = await door.open(accepting(), { path })
        expect(await outcomesOf(ask)).toEqual(new Set(['token_missing']))
        expect(timesReached()).toBe(0)
        expect(await ask({ path, headers: [bearer(good)] })).toBe('john')
      })

      it('guards a route by whatever spelling a request gets there', async () => {
        const { ask, timesReached } = await door.open(accepting(), {
          path,
          mode: 'optional',
          guards: [hasRole('admin')],
        })
        // What is not the route is the framework's 404.
        const others = door.isCore ? [] : ['status 404']
        expect(await outcomesOf(ask)).toEqual(new Set(['token_missing', ...others]))
        expect(await outcomesOf(ask, bearer(good))).toEqual(new Set(['access_denied', ...others]))
        expect(timesReached()).toBe(0)
        expect(await ask({ path, headers: [bearer(ofRoot)] })).toBe('root')
      })
    },
  )
}

function faults(door: Harness): void {
  advisory({ 42: 'CVE-2017-7474 (keycloak-connect)' }, () => {
    const thrown: readonly (readonly [string, unknown])[] = [
      ['an error', new Error('connect ECONNREFUSED')],
      [
        'an error that names a status',
        Object.assign(new Error('fine'), { status: 200, statusCode: 200, expose: true }),
      ],
      ['a refusal of another kind', new AuthError('token_missing')],
      ['undefined', undefined],
      ['null', null],
      ['false', false],
      ['a text that means something to routers', 'route'],
      ['an object', { status: 204 }],
    ]

    it.each(thrown)('lets nobody in when what it asks throws or rejects with %s', async (_name, reason) => {
      const ways = [
        () => {
          throw reason
        },
        () => Promise.reject(reason),
      ]
      for (const mode of ['required', 'optional', 'attempt'] as const) {
        for (const fail of ways) {
          const ofKeys = await door.open(accepting({ keys: { find: fail, has: () => true }, algorithms: ['HS256'] }), {
            mode,
          })
          const ofRevocation = await door.open(accepting({ isRevoked: fail }), { mode })
          const outcomes = [await ofKeys.present(good), await ofRevocation.present(good)]
          expect(outcomes).toEqual(['keys_unavailable', 'revocation_unavailable'])
          expect([ofKeys.timesReached(), ofRevocation.timesReached()]).toEqual([0, 0])
        }
      }
    })
  })
}

function unverified(door: Harness): void {
  advisory({ 47: 'CVE-2019-13483 (auth0 passport-sharepoint)' }, () => {
    it('lets nobody in by what a token says that nobody signed', async () => {
      for (const mode of ['required', 'optional'] as const) {
        const entrance = await door.open(accepting({ issuer: null, audience: null, maxLifetimeSeconds: null }), {
          mode,
        })
        expect(await entrance.present(forged)).toBe('signature_invalid')
        expect(entrance.timesReached()).toBe(0)
      }
      const attempting = await door.open(accepting(), { mode: 'attempt', handle: (principal) => inspect(principal) })
      expect(await attempting.present(mint(hmac(`${secret}, of another`)))).toBe('null')
    })

    if (!door.isCore) return

    it('exports nothing that reads a token without verifying it', async () => {
      for (const [name, exported] of await everyExport()) {
        expect(name).not.toMatch(/decode|parse|peek|unverified|unsafe|insecure/i)
        if (typeof exported === 'function') expect([name, await told(exported)]).toEqual([name, false])
      }
    })
  })
}

/** What does for any argument that a function may want beside the token. */
const anything: unknown = new Proxy(() => undefined, {
  get: (_target, name) => (name === 'then' ? undefined : () => undefined),
})

/** Whether a function tells what the payload of a token says, by what it gives or throws. */
async function told(exported: Function): Promise<boolean> {
  const said: unknown[] = []
  for (const given of [forged, { headers: { authorization: `Bearer ${forged}` } }]) {
    for (const others of [[], [anything, anything, anything]]) {
      try {
        said.push(await Reflect.apply(exported, undefined, [given, ...others]))
      } catch (error) {
        said.push(error)
      }
    }
  }
  return inspect(said, { depth: 6 }).includes('CANARY')
}

/** The exports of core and of every adapter that is there. */
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

function identities(door: Harness): void {
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

    it('takes the caller from the token alone, whatever body, query and other headers say', async () => {
      const { ask } = await door.open(accepting())
      for (let times = 0; times < 2; times++) {
        expect([await ask(request), await ask(withToken)]).toEqual(['token_missing', 'john'])
      }
      const guarded = await door.open(accepting(), { guards: [hasRole('admin')] })
      expect([await guarded.ask(request), await guarded.ask(withToken)]).toEqual(['token_missing', 'access_denied'])
    })

    it('gives no caller to a request without a token that follows one with', async () => {
      const { ask } = await door.open(accepting(), { mode: 'optional' })
      expect([await ask(withToken), await ask(request), await ask({})]).toEqual(['john', 'nobody', 'nobody'])
    })
  })
}

function sizes(door: Harness): void {
  // Node takes no more than 16 KB of header lines.
  const length = door.isCore ? 200_000 : 12_000

  advisory({ 53: 'GHSA-w48q-cv73-mx4w, CVE-2026-0621 (MCP SDK)' }, () => {
    it('reads a hostile line once: one that is searched again and again would keep the test from ending', async () => {
      const { keys, asked } = askedKeys()
      const { ask } = await door.open(accepting({ keys }))
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
        const outcome = await ask({ headers: [['Authorization', parts.join('')]] })
        expect([name, ['request_malformed', 'token_missing'].includes(outcome)]).toEqual([name, true])
      }
      expect(asked).toEqual([])
    })

    it('reads a hostile payload once', async () => {
      const { keys, asked } = askedKeys()
      const { present } = await door.open(accepting({ keys, maxTokenBytes: 65_536 }))
      const room = door.isCore ? 48_000 : 9_000
      for (const text of ['"', '\\', '{"":', '[', '{"a":"', ',', '\\u0000', '" :', ' ']) {
        const payload = encode(text.repeat(room / text.length))
        expect(await present(`${encode('{"alg":"HS256"}')}.${payload}.${encode('x')}`)).toBe('token_malformed')
      }
      const names = Array.from({ length: room / 10 }, (_, index) => `"n${index}":0`)
      expect(await present(`${encode('{"alg":"ES256"}')}.${encode(`{${names.join()}}`)}.AAAA`)).toBe('issuer_unknown')
      expect(asked).toEqual([])
    })
  })

  advisory({ 56: 'GHSA-mh63-6h87-95cp (golang-jwt)' }, () => {
    it('refuses dots by their number before they are split, and few of them for what they are', async () => {
      const { keys, asked } = askedKeys()
      const { present } = await door.open(accepting({ keys }))
      expect(await present('.'.repeat(door.isCore ? 1_000_000 : 12_000))).toBe('token_too_large')
      expect(await present(`${good}${'.'.repeat(8192)}`)).toBe('token_too_large')
      for (const dots of [8192, 5, 4, 3, 2, 1]) expect(await present('.'.repeat(dots))).toBe('token_malformed')
      expect(asked).toEqual([])
    })
  })
}
