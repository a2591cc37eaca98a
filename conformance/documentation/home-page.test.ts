import { describe, expect, it } from 'vitest'
import { readFigures } from '../../docs/site/figures.ts'
import { toHomePage } from '../../docs/site/home-page.ts'
import { describePage, toLlmsIndex, toLlmsText, toMarkdown } from '../../docs/site/llms.ts'
import { pagesOf, sections } from '../../docs/site/sections.ts'
import { toShortComparison } from '../../docs/site/short-comparison.ts'
import { readBlocks } from './code-blocks.ts'
import { pages, root } from './pages.ts'
import type { Page } from './pages.ts'

const pageOf = (name: string) => pages.find((page) => page.name === name) ?? expect.fail(`${name} does not exist`)
const index = pageOf('docs/README.md')
const readme = pageOf('README.md')
const guides = sections.flatMap((section) => pagesOf(section))

describe('the first page of the site', () => {
  const home = toHomePage(index, readme, { figures: readFigures(root), comparison: '' })

  it('shows the code and the response of README.md, which other tests run', () => {
    const withoutPlace = (page: Page) => readBlocks(page).map(({ language, code }) => ({ language, code }))
    const shown = withoutPlace(home).filter(({ language }) => language !== 'sh')
    expect(shown.map(({ language }) => language)).toEqual(['ts', 'http'])
    expect(withoutPlace(readme)).toEqual(expect.arrayContaining(shown))
  })

  it('shows nine lines of code, each of at most 72 columns, which fit beside the pitch', () => {
    const lines = readBlocks(home)[12]?.code.trimEnd().split('\n')
    expect(lines).toHaveLength(9)
    expect(lines?.filter((line) => line.length > 72)).toEqual([])
  })

  it('shows each part of the reason that the doctor prints in README.md', () => {
    const printed = readBlocks(readme).find(({ language }) => language === 'text')?.code ?? ''
    const words = printed.split('\n').flatMap((line) => line.split(/ {2,}/).filter((word) => /^[\w✗]/.test(word)))
    expect(words.length).toBeGreaterThan(6)
    expect(words.filter((word) => !home.text.includes(word))).toEqual([])
  })

  it('has an install command for each framework and package manager', () => {
    const commands = readBlocks(home).filter(({ language }) => language === 'sh')
    expect(commands).toHaveLength(12)
    expect(commands.map(({ code }) => code)).toContain('pnpm add @claimcheck/koa koa\n')
  })

  it.each(['```ts', '```http', '```text', '✗ screen'])('fails to build if README.md has no %s', (part) => {
    const broken = { ...readme, text: readme.text.replace(part, '') }
    expect(() => toHomePage(index, broken, { figures: [], comparison: '' })).toThrow(/has no block|has not printed/)
  })

  it('fails to build if docs/README.md has no section that it shows', () => {
    const broken = { ...index, text: index.text.replace('## What it is not', '') }
    expect(() => toHomePage(broken, readme, { figures: [], comparison: '' })).toThrow('no section What it is not')
  })

  it('links four figures to the pages that show how they were measured', () => {
    const figures = readFigures(root)
    expect(figures).toHaveLength(4)
    const names = pages.map(({ name }) => name)
    for (const { value, label, page } of figures) {
      expect(value).toMatch(/\d/)
      expect(home.text).toContain(`<strong>${value}</strong> <span>${label}</span>](${page})`)
      expect(names).toContain(`docs/${page.split('#')[0]}`)
    }
  })
})

describe('the comparison of the first page', () => {
  const contenders = ['**claimcheck**', 'express-oauth2-jwt-bearer', 'express-jwt with jwks-rsa', 'passport-jwt']
  const rowsOf = (name: string, cells: string) => `| ${name} | ${cells} |`
  const part = (figures: string, head: string, cells: string) =>
    [
      `<!-- figures of pnpm bench compare: ${figures} -->`,
      rowsOf('', head),
      rowsOf('---', '---'),
      ...[...contenders, '@fastify/jwt', 'koa-jwt'].map((name) => rowsOf(name, cells)),
      '<!-- end of figures -->',
    ].join('\n')
  const text = [
    part('outage', 'down: a cached key | down: a new key', '200 | 503'),
    part('conformance', 'Wycheproof, by Google and C2SP', '9 of 9'),
    part('cost', 'framework | a warm request | a first-seen token', 'Express | +1 µs | +2 µs'),
  ].join('\n')
  const page = { name: 'docs/comparison.md', text }

  it('shows the cells of the page', () => {
    expect(toShortComparison(page)).toContain('\n| **claimcheck** | 200 | 503 | 9 of 9 | +1 µs | +2 µs |\n')
    expect(toShortComparison(page)).toContain('\n| koa-jwt | 200 | 503 | 9 of 9 | +1 µs | +2 µs |\n')
  })

  it('fails if a column or a package is missing', () => {
    const without = (words: string) => ({ ...page, text: text.replaceAll(words, 'x') })
    expect(() => toShortComparison(without('a first-seen token'))).toThrow('no column "a first-seen token"')
    expect(() => toShortComparison(without('koa-jwt'))).toThrow('for koa-jwt')
  })

  it('is empty if there is no such page, and finds each column of the real one', () => {
    expect(toShortComparison(undefined)).toBe('')
    const real = pages.find(({ name }) => name === page.name)
    expect(() => toShortComparison(real)).not.toThrow()
  })
})

describe('llms.txt', () => {
  const listed = toLlmsIndex(pages)

  it('has a title, a summary, and a link with a description for every guide', () => {
    expect(listed).toMatch(/^# claimcheck\n\n> claimcheck turns a bearer token into .+\n\n/)
    for (const [name, title] of guides) {
      expect(listed).toMatch(new RegExp(`^- \\[${title.replaceAll(/[?]/g, '\\?')}\\]\\(/${name}\\): .{20,}\\.$`, 'm'))
    }
  })

  it('has a section for each section of the sidebar', () => {
    const headings = Array.from(listed.matchAll(/^## (.+)$/gm), ([, title]) => title)
    expect(headings).toEqual([...sections.map(({ title }) => title), 'Optional'])
  })
})

describe('llms-full.txt', () => {
  it('has the text of every guide, with links inside the site and without the comments for the tests', () => {
    const text = toLlmsText(pages)
    const positions = guides.map(([name]) => text.indexOf(`\nSource: /${name}\n`))
    expect(positions).toEqual(positions.toSorted((one, other) => one - other))
    expect(positions).not.toContain(-1)
    expect(text).not.toContain('<!-- calls')
    expect(text).toContain('](/settings.md#the-principal)')
  })
})

it('describePage returns the first sentences of a page as plain text', () => {
  const text =
    '# T\n\n```sh\nno\n```\n\n| a |\n\nSee [this](x.md) first. It explains\n`it`, and more than you need. No more:\n'
  expect(describePage({ name: 'docs/t.md', text })).toBe('See this first. It explains `it`, and more than you need.')
})

it('toMarkdown keeps code and diagrams, and removes comments', () => {
  const text =
    '<!-- calls: GET / → 200;\nGET /x → 404 -->\n```ts\nconst a = 1 // [no](x.md)\n```\n\n[b](../README.md#x)\n'
  expect(toMarkdown({ name: 'docs/adr/t.md', text })).toEqual({
    path: 'adr/t.md',
    text: '```ts\nconst a = 1 // [no](x.md)\n```\n\n[b](/index.md#x)\n',
  })
})
