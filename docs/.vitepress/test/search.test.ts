import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import MiniSearch from 'minisearch'
import { expect, it } from 'vitest'
import { siteFolder } from '../folders.ts'
import { searchOptions } from '../search.ts'

const chunks = join(siteFolder, 'dist', 'assets', 'chunks')
const [file = ''] = readdirSync(chunks).filter((name) => name.startsWith('@localSearchIndexroot'))
const built = (await import(pathToFileURL(join(chunks, file)).href)) as { readonly default: string }
// The fields of VitePress, whose search box adds the options of the site to them.
const index = MiniSearch.loadJSON(built.default, {
  fields: ['title', 'titles', 'text'],
  storeFields: ['title', 'titles'],
  searchOptions: { fuzzy: 0.2, prefix: true, boost: { title: 4, text: 2, titles: 1 }, ...searchOptions },
})
const pagesOf = (query: string) => index.search(query).map(({ id }) => String(id).replace(/#.*/, ''))

it.each([
  ['expired', /^\/(errors|explain|jwt)\./],
  ['cookie', /^\/(login|roles|settings|express|fastify|koa|security)\./],
  ['role', /^\/roles\./],
  ['jwks', /^\/(keys|providers|login-keys|settings)\./],
  ['401', /^\/(explain|errors)\./],
  ['403', /^\/(errors|roles|explain)\./],
  ['redis', /^\/login-revocation\./],
  ['audience', /^\/(settings|errors|providers)\./],
  ['token_expired', /^\/errors\./],
  ['passport', /^\/migration-passport-jwt\./],
  ['websocket', /^\/websockets\./],
  ['refresh token', /^\/login\./],
  ['cors', /^\/(express|fastify|koa)\./],
])('the first hit for "%s" is a guide about it', (query, expected) => {
  expect(pagesOf(query)[0]).toMatch(expected)
})

it.each(['cache', 'revocation', 'signature', 'issuer', 'clock', 'principal', 'kid'])(
  'a guide is above every decision, report and page of the API reference for "%s"',
  (query) => {
    const pages = pagesOf(query)
    expect(pages.length).toBeGreaterThan(3)
    expect(pages[0]).not.toMatch(/^\/(adr|reports|api)\//)
  },
)

it('finds decisions, too', () => {
  expect(pagesOf('decision keys are refreshed by requests').some((page) => page.startsWith('/adr/'))).toBe(true)
})
