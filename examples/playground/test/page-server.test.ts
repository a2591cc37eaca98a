import { createHmac, createPublicKey } from 'node:crypto'
import type { JsonWebKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Playground } from '../src/playground.ts'
import { adaptersMissing } from './adapters.ts'

const reason = adaptersMissing === null ? '' : ` (skipped: ${adaptersMissing})`
const errorsPage = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
const frameTags = ['html', 'head', 'meta', 'title', 'link', 'body', 'main', 'section', 'h1', 'code', 'p', 'a']
const codes = [...errorsPage.matchAll(/^## ([a-z_]+)$/gm)].map(([, code = '']) => code)

describe.skipIf(adaptersMissing !== null)(`the server of the page${reason}`, () => {
  let playground: Playground

  beforeAll(async () => {
    const { startPlayground } = await import('../src/playground.ts')
    playground = await startPlayground(0)
  })
  afterAll(async () => {
    await playground.stop()
  })

  it.each([
    ['expired', 'token_expired', { alg: 'ES256' }],
    ['alg: none', 'algorithm_not_allowed', { alg: 'none' }],
    ['HS256 with the public key', 'algorithm_not_allowed', { alg: 'HS256' }],
    ['other audience', 'audience_not_allowed', { alg: 'ES256' }],
    ['unknown kid', 'key_not_found', { alg: 'ES256' }],
    ['revoked', 'token_revoked', { alg: 'ES256' }],
  ])('makes the attack %s, for the user of the page', async (name, code, header) => {
    const { user, token } = await bodyOf<Made>('/attack', { name, user: 'jane' })
    expect([user, partOf(token, 0), partOf(token, 1)]).toMatchObject(['jane', header, { sub: '1234567891' }])
    expect(await tryToken(token)).toMatchObject({ explanation: { code } })
  })

  it('rejects each attack as the table in docs/playground.md says', async () => {
    const { attacks } = (await (await fetch(`${playground.loginUrl}/playground.json`)).json()) as {
      attacks: readonly { readonly name: string }[]
    }
    const page = readFileSync(new URL('../../../docs/playground.md', import.meta.url), 'utf8')
    const documented = [...page.matchAll(/^\| (.+?) \| .+ \| 401 \[`([a-z_]+)`\]/gm)].map(([, name, code]) => [
      name,
      code,
    ])
    const actual = attacks.map(async ({ name }) => {
      const { token } = await bodyOf<Made>('/attack', { name, user: 'john' })
      return [name, (JSON.parse((await tryToken(token)).responses[0]?.body ?? '{}') as { code: string }).code]
    })
    expect(documented).toEqual(await Promise.all(actual))
  })

  it('changes the claims of jane for the attack admin: true, because john is an admin', async () => {
    const { user, token } = await bodyOf<Made>('/attack', { name: 'admin: true', user: 'john' })
    expect([user, partOf(token, 1)]).toMatchObject(['jane', { sub: '1234567891', admin: true }])
    expect(await tryToken(token)).toMatchObject({ explanation: { code: 'signature_invalid' } })
  })

  it('signs the attack HS256 with the public key that everyone can fetch', async () => {
    const { token } = await bodyOf<Made>('/attack', { name: 'HS256 with the public key', user: 'john' })
    const response = await fetch(`${playground.loginUrl}/.well-known/jwks.json`)
    const { keys } = (await response.json()) as { keys: readonly JsonWebKey[] }
    const pem = createPublicKey({ key: keys[0] ?? {}, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
    const [header = '', payload = '', signature] = token.split('.')
    expect(createHmac('sha256', pem).update(`${header}.${payload}`).digest('base64url')).toBe(signature)
  })

  it('keeps known keys while the provider is down, and responds with 503 after a restart, until the provider is up', async () => {
    const { accessToken } = await bodyOf<{ accessToken: string }>('/login', { user: 'john' })
    const statuses = async () => (await tryToken(accessToken)).responses.map(({ status }) => status)
    const keysStatus = async () => (await fetch(`${playground.loginUrl}/.well-known/jwks.json`)).status
    expect(await bodyOf('/provider', { action: 'down' })).toEqual({ isUp: false, hasKeys: true })
    expect([await keysStatus(), await statuses()]).toEqual([503, [200, 200, 200]])
    expect(await bodyOf('/provider', { action: 'restart' })).toEqual({ isUp: false, hasKeys: false })
    expect(await statuses()).toEqual([503, 503, 503])
    expect(await tryToken(accessToken)).toMatchObject({
      explanation: { code: 'keys_unavailable' },
      provider: { isUp: false, hasKeys: false },
    })
    expect(await bodyOf('/provider', { action: 'up' })).toEqual({ isUp: true, hasKeys: false })
    await expect.poll(statuses, { timeout: 10_000 }).toEqual([200, 200, 200])
    expect(await tryToken(accessToken)).toMatchObject({ provider: { isUp: true, hasKeys: true } })
  })

  it('responds with a problem document to an unknown attack or action', async () => {
    for (const [path, body, detail] of [
      ['/attack', { name: 'other', user: 'john' }, /The names are admin: true, expired/],
      ['/attack', { name: 'expired', user: 'bob' }, /The names are/],
      ['/attack', { name: 'constructor', user: 'constructor' }, /The names are/],
      ['/provider', { action: 'off' }, /up, down or restart/],
    ] as const) {
      const response = await post(path, JSON.stringify(body))
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { detail: expect.stringMatching(detail) as unknown },
      ])
    }
    const malformed = await post('/attack', '{')
    expect([malformed.status, await malformed.json()]).toMatchObject([
      400,
      { detail: expect.stringMatching(/The body must be JSON: \{"name"/) as unknown },
    ])
  })

  it('lists the lines of each server that protect a route, copied from its source', async () => {
    const { servers } = (await (await fetch(`${playground.loginUrl}/playground.json`)).json()) as {
      servers: readonly { name: string; code: readonly { path: string; file: string; lines: string }[] }[]
    }
    expect(servers.map(({ name }) => name)).toEqual(['Express', 'Fastify', 'Koa'])
    for (const { code } of servers) {
      for (const { path, file, lines } of code) {
        const source = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8').replaceAll(/^ +/gm, '')
        expect(lines.split('\n').length).toBeLessThan(12)
        for (const line of lines.split('\n')) expect(source).toContain(`${line.trimStart()}\n`)
        expect(lines).toContain('jwtAuth')
        expect(lines.match(/'\/[a-z]+'/g)).toEqual([`'${path}'`])
      }
    }
  })

  it('has codes in docs/errors.md to show', () => {
    expect(codes).toContain('signature_invalid')
    expect(codes.length).toBeGreaterThan(15)
  })

  it.each(codes)('shows the section %s of docs/errors.md as a page', async (code) => {
    const response = await fetch(`${playground.loginUrl}/errors/${code}`)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'self';/)
    const html = await response.text()
    expect(html).toContain(`<h1><code>${code}</code></h1>`)
    // No Markdown is left, and characters such as those of `<token>` are escaped.
    const tags = [...html.matchAll(/<\/?([a-z0-9]+)/g)].map(([, tag]) => tag)
    expect(new Set(tags)).toEqual(
      new Set([...frameTags, ...tags.filter((tag) => ['ul', 'li', 'strong'].includes(tag ?? ''))]),
    )
    const text = html.replace(/<code>.*?<\/code>/g, '')
    expect(text).not.toMatch(/\]\(|\*\*|```|^\s*\||`/m)
  })

  it.each(['nothing', '..%2Fsecret', '__proto__', 'For logs'])('has no page for the code %s', async (code) => {
    expect((await fetch(`${playground.loginUrl}/errors/${code}`)).status).toBe(404)
  })

  interface Made {
    readonly user: string
    readonly token: string
  }

  interface Tried {
    readonly responses: readonly { readonly status: number; readonly body: string }[]
    readonly explanation: { readonly code: string | null }
  }

  function post(path: string, body: string): Promise<Response> {
    return fetch(playground.loginUrl + path, { method: 'POST', body })
  }

  async function bodyOf<T>(path: string, body: object): Promise<T> {
    return (await (await post(path, JSON.stringify(body))).json()) as T
  }

  async function tryToken(token: string): Promise<Tried> {
    return bodyOf<Tried>('/try', { server: '', path: '/admin', token })
  }

  function partOf(token: string, index: number): unknown {
    return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString())
  }
})
