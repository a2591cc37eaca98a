import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AuthError, createAuth, authErrorCodes, toErrorResponse } from '@claimcheck/core'
import type { KeyOptions, KeySource } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import type { HttpResponse } from '@claimcheck/testing/contract/response'
import { serveOneRoute } from '../src/serve-one-route.ts'
import { sendRequest } from '@claimcheck/testing/contract/raw-client'
import { describeTargets } from '../src/targets.ts'
import { secret, tokenOf } from './callers.ts'
import { readBlocks } from './code-blocks.ts'
import { pages, root } from './pages.ts'

const issuer = { issuer: 'https://login.example', audience: 'https://api.example' }
const outage: KeySource = {
  find: () => {
    throw new AuthError('keys_unavailable', { retryAfterSeconds: 2 })
  },
  has: () => false,
}

/** For each code: the options and the caller that cause the response on the pages; null for an anonymous request. */
const settingsByCode: Readonly<Record<string, { readonly keys: KeyOptions; readonly caller: string | null }>> = {
  token_missing: { keys: { secret }, caller: null },
  token_expired: { keys: { secret }, caller: 'late' },
  keys_unavailable: { keys: outage, caller: 'john' },
}

const shownResponses = pages
  .flatMap(readBlocks)
  .filter(({ language, code }) => language === 'http' && code.startsWith('HTTP/'))
  .map(({ place, code: text }) => ({ place, text, code: /"code":"(\w+)"/.exec(text)?.[1] ?? '' }))

await describeTargets((target) => {
  it.each(shownResponses)('the response to $code is sent as $place shows it, line by line', async ({ text, code }) => {
    const { keys, caller } = settingsByCode[code] ?? expect.fail('Add the code to the table')
    const { port } = await serveOneRoute(target, {
      mounts: [{ auth: createAuth({ ...issuer, keys, algorithms: ['HS256'] }) }],
    })
    const headers = caller === null ? [] : ([['Authorization', `Bearer ${await tokenOf(caller)}`]] as const)
    const response = await sendRequest(port, { headers })
    expect(linesOf(response)).toEqual(text.trimEnd().split('\n').map(inOneCase))
  })
})

describe('README.md', () => {
  it('shows an error response', () => {
    expect(shownResponses.map(({ place }) => place)).toContainEqual(expect.stringMatching(/^README\.md:/))
  })
})

describe('docs/errors.md', () => {
  const page = readFileSync(join(root, 'docs/errors.md'), 'utf8')

  it('lists every code with its status, in order', () => {
    const rows = Array.from(page.matchAll(/^\| \[`(\w+)`\]\(#\1\) \| (\d{3}) \|/gm))
    const listed = rows.map(([, code, status]) => [code, Number(status)])
    expect(listed).toEqual(authErrorCodes.map((code) => [code, new AuthError(code).status]))
  })

  it.each(authErrorCodes)('documents the status, the message and the headers of %s', (code) => {
    const [, section = ''] = page.split(`\n## ${code}\n`)
    const [text = ''] = section.split('\n## ')
    const [, challenge = ''] = new RegExp(`^\\| \\[\`${code}\`\\]\\S+ \\| \\d+ \\| (\\S+) \\|`, 'm').exec(page) ?? []
    const error = new AuthError(code, { scopes: code === 'scope_insufficient' ? ['a', 'b'] : [] })
    const { 'Cache-Control': _always, 'Content-Type': _too, ...headers } = toErrorResponse(error).headers
    expect(text).toContain(`\n**${error.status}** · ${error.message}\n`)
    expect(headers).toEqual(headersOf(challenge, error))
  })
})

/** The headers that docs/errors.md documents: by the third column of its table, and the sentences below it. */
function headersOf(challenge: string, { status, message }: AuthError): Readonly<Record<string, string>> {
  if (challenge === '–') return status === 503 ? { 'Retry-After': '10' } : {}
  if (challenge === '`Bearer`') return { 'WWW-Authenticate': 'Bearer realm="api"' }
  const [, name = ''] = /^`(\w+)`$/.exec(challenge) ?? []
  const scope = name === 'insufficient_scope' ? ', scope="a b"' : ''
  return { 'WWW-Authenticate': `Bearer realm="api", error="${name}", error_description="${message}"${scope}` }
}

/** A response as a page shows it, without the headers that servers add. */
function linesOf({ status, reason, headers, body }: HttpResponse): readonly string[] {
  const ofTheServer = new Set(['connection', 'content-length', 'date', 'keep-alive'])
  const shown = headers.filter(([name]) => !ofTheServer.has(name)).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status} ${reason}`, ...shown, '', body.toString()]
}

/** Header names are case-insensitive (RFC 9110 section 5.1), and Fastify writes them in lower case. */
function inOneCase(line: string): string {
  return line.replace(/^[\w-]+: /, (name) => name.toLowerCase())
}
