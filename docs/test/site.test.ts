import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { authErrorCodes } from '../../packages/core/src/failure/errors.ts'
import { beforeAll, describe, expect, it } from 'vitest'
import { pages } from '../../conformance/documentation/pages.ts'
import { toSitePath } from '../site/addresses.ts'
import { findEntryPoints } from '../site/entry-points.ts'
import { sections } from '../site/sections.ts'

const root = join(import.meta.dirname, '..', '..')
const dist = join(root, 'docs', '.site', 'dist')
/** The text of the built pages, under their paths from the root of the site. */
const built = new Map<string, string>()

beforeAll(() => {
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const path = name.replaceAll('\\', '/')
    if (path.endsWith('.html')) built.set(path, readFileSync(join(dist, name), 'utf8'))
  }
})

describe('the site', () => {
  it('has every page of the documentation', () => {
    const paths = pages.map(({ name }) => toSitePath(name).replace(/md$/, 'html'))
    expect(paths.filter((path) => !built.has(path))).toEqual([])
  })

  it('has a page of the API reference for every entry point of every package', () => {
    const names = [...findEntryPoints(root).values()]
    expect(names.length).toBeGreaterThan(8)
    const titles = [...built.keys()].filter((path) => path.startsWith('api/')).map((path) => titleOf(path))
    expect(titles).toEqual(expect.arrayContaining(names))
  })

  it('has a section on the errors page for every code, whose anchor is the code', () => {
    const anchors = anchorsOf('errors.html')
    expect(authErrorCodes.filter((code) => !anchors.has(code))).toEqual([])
  })

  it('has no link inside of it that leads to no page, or to no place on a page', () => {
    const links = [...built.keys()].flatMap((from) => linksOf(from).map((link) => ({ from, link })))
    expect(links.length).toBeGreaterThan(5000)
    expect(links.filter(({ from, link }) => !leadsSomewhere(from, link))).toEqual([])
  })

  it('shows in the sidebar and at the end of a page what the pages are called', () => {
    const html = built.get('settings.html') ?? ''
    expect(html).toMatch(/>Next<\/span><span class="title"[^>]*>Errors</)
    expect(built.get('errors.html')).toMatch(/>Previous<\/span><span class="title"[^>]*>Options</)
    for (const { title } of sections) expect(html).toContain(`>${title}</h2>`)
  })

  it('has a logo, which is also its icon, on every page', () => {
    expect(existsSync(join(dist, 'logo.svg'))).toBe(true)
    const icon = '<link rel="icon" type="image/svg+xml" href="/logo.svg">'
    expect([...built].filter(([, html]) => !html.includes(icon)).map(([path]) => path)).toEqual([])
  })

  it('has each page as Markdown, whose links and those of llms.txt lead to files of the site', () => {
    const files = pages.filter(({ name }) => name !== 'README.md').map(({ name }) => toSitePath(name))
    const links = ['llms.txt', 'llms-full.txt', ...files].flatMap((file) => {
      const text = readFileSync(join(dist, file), 'utf8').replaceAll(/^ *(`{3,})[^]*?^ *\1|`[^`\n]+`/gm, '')
      return Array.from(text.matchAll(/\]\((\/[^)#\s]+)/g), ([, path = '']) => ({ file, path }))
    })
    expect(links.length).toBeGreaterThan(500)
    expect(links.filter(({ path }) => !existsSync(join(dist, path)))).toEqual([])
  })

  it('loads nothing from elsewhere', () => {
    const loaded = [...built].flatMap(([path, html]) => {
      const tags = html.match(/<(?:script|img|iframe|source|link)\b[^>]*>/g) ?? []
      return tags.filter((tag) => /\b(?:src|srcset|href)="(?:https?:)?\/\//.test(tag)).map((tag) => `${path} ${tag}`)
    })
    expect(loaded).toEqual([])
  })
})

function titleOf(path: string): string {
  return /<title>(.*?) \| claimcheck<\/title>/.exec(built.get(path) ?? '')?.[1] ?? ''
}

function linksOf(path: string): readonly string[] {
  const targets = Array.from(
    (built.get(path) ?? '').matchAll(/<(?:a|img)\b[^>]*\b(?:href|src)="([^"]+)"/g),
    ([, target = '']) => target,
  )
  return targets.filter((target) => !/^(?:[a-z]+:|\/\/)/i.test(target))
}

function leadsSomewhere(from: string, link: string): boolean {
  const [path = '', anchor] = decodeURI(link).split('#')
  const name =
    path === ''
      ? from
      : posix
          .join('/', posix.dirname(from), path.startsWith('/') ? posix.relative(`/${posix.dirname(from)}`, path) : path)
          .slice(1)
  const file = name === '' || path.endsWith('/') ? posix.join(name, 'index.html') : name
  if (!file.endsWith('.html')) return existsSync(join(dist, file))
  return built.has(file) && (anchor === undefined || anchor === '' || anchorsOf(file).has(anchor))
}

const anchorsByPath = new Map<string, ReadonlySet<string>>()

function anchorsOf(path: string): ReadonlySet<string> {
  const known = anchorsByPath.get(path)
  if (known !== undefined) return known
  const anchors = new Set(Array.from((built.get(path) ?? '').matchAll(/\bid="([^"]+)"/g), ([, id = '']) => id))
  anchorsByPath.set(path, anchors)
  return anchors
}
