import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { authErrorCodes } from '@claimcheck/core'
import { expect, it } from 'vitest'
import { toAnchor } from '../../docs/site/anchors.ts'
import { toSitePath } from '../../docs/site/addresses.ts'
import { drawSequence } from '../../docs/site/draw-sequence.ts'
import { findEntryPoints } from '../../docs/site/entry-points.ts'
import { pagesOf, sections } from '../../docs/site/sections.ts'
import { findTargets, toSitePage } from '../../docs/site/site-page.ts'
import { toSourcePage } from '../../docs/site/source-page.ts'
import { pages, root } from './pages.ts'

const guides = pages.map(({ name }) => name).filter((name) => /^docs\/(reports\/)?(?!README)[^/]+\.md$/.test(name))

it('the sidebar of the site lists every guide once and nothing else', () => {
  const listed = sections.flatMap((section) => pagesOf(section).map(([name]) => `docs/${name}`))
  expect(listed.toSorted()).toEqual(guides.toSorted())
})

it('docs/README.md links to every guide, except the parts of a guide that it links to', () => {
  const first = pages.find(({ name }) => name === 'docs/README.md')
  const linked = first === undefined ? [] : findTargets(first)
  const parts = /^docs\/(migration-.+|reports\/.+)\.md$/
  expect(guides.filter((name) => !parts.test(name) && !linked.includes(name))).toEqual([])
})

it('docs/errors.md has a heading for every error code, which problemTypeBase can point to', () => {
  const page = readFileSync(join(root, 'docs/errors.md'), 'utf8')
  const anchors = Array.from(page.matchAll(/^## ([a-z_]+)$/gm), ([, title = '']) => toAnchor(title))
  expect(anchors).toEqual(authErrorCodes)
})

it('toSitePage rewrites links to pages of the site and does not change code', () => {
  const text = [
    '[a](errors.md#token_expired) [b](adr/README.md) `[c](errors.md)` [d](#here) [e](https://other.example/x.md)',
    '[f](../SECURITY.md) [g](../README.md) [h](../conformance/advisories/keys.ts) ![i](pictures/way.svg)',
    '```md',
    '[j](errors.md)',
    '```',
    '[k]: keys.md',
  ]
  const page = { name: 'docs/page.md', text: text.join('\n') }
  expect(toSitePage(page)).toEqual({
    path: 'page.md',
    text: [
      '[a](/errors.md#token_expired) [b](/adr/index.md) `[c](errors.md)` [d](#here) [e](https://other.example/x.md)',
      '[f](/security-policy.md) [g](/index.md) [h](/source/conformance/advisories/keys.ts.md) ![i](pictures/way.svg)',
      '```md',
      '[j](errors.md)',
      '```',
      '[k]: /keys.md',
    ].join('\n'),
  })
  expect(findTargets(page)).toEqual([
    'docs/errors.md',
    'docs/adr/README.md',
    'SECURITY.md',
    'README.md',
    'conformance/advisories/keys.ts',
    'docs/keys.md',
  ])
})

it('toSitePage shows a pair of pictures by the theme of the site, and finds each beside its page', () => {
  const text = [
    '<picture>',
    '  <source media="(prefers-color-scheme: dark)" srcset="a/dark.svg">',
    '  <img src="a/light.svg" alt="bars" width="9">',
    '</picture> <img alt="x" src="https://other.example/x.png"> <img src="a/phone.png">',
  ]
  expect(toSitePage({ name: 'docs/page.md', text: text.join('\n') }).text).toBe(
    [
      '<img class="in-light" src="./a/light.svg" alt="bars" width="9">',
      '<img class="in-dark" src="./a/dark.svg" alt="bars" width="9"> <img alt="x" src="https://other.example/x.png"> <img src="./a/phone.png">',
    ].join('\n'),
  )
})

it('toSourcePage shows the sources that a page links to, and every file of a linked folder', () => {
  const [folder, ...files] = toSourcePage(root, 'conformance/standards')
  expect(folder?.path).toBe('source/conformance/standards.md')
  expect(files.length).toBeGreaterThan(5)
  for (const { path, text } of files) {
    expect(folder?.text).toContain(`(/${path})`)
    expect(text).toContain('````ts\nimport ')
  }
  expect(toSourcePage(root, 'LICENSE').map(({ path }) => path)).toEqual(['source/LICENSE.md'])
  expect(toSourcePage(root, 'examples/testing/vitest/README.md').map(({ path }) => path)).toEqual([
    'source/examples/testing/vitest/README-md.md',
  ])
})

it('toSitePath returns a different path for each page', () => {
  const paths = pages.filter(({ name }) => name !== 'README.md').map(({ name }) => toSitePath(name))
  expect(new Set(paths).size).toBe(paths.length)
})

it('drawSequence draws every diagram of the pages with all of its text', () => {
  const diagrams = pages.flatMap(({ text }) =>
    Array.from(text.matchAll(/```mermaid\n([^]*?)```/g), ([, code = '']) => code),
  )
  expect(diagrams.length).toBeGreaterThan(1)
  for (const code of diagrams) {
    const said = Array.from(code.matchAll(/: (.+)$/gm), ([, text = '']) => text)
    const drawn = drawSequence(code)
    expect(said.filter((text) => !drawn.includes(`>${text}</text>`))).toEqual([])
  }
  expect(() => drawSequence('sequenceDiagram\n participant A\n A->>B: hello')).toThrow(SyntaxError)
  expect(() => drawSequence('graph TD\n A-->B')).toThrow(SyntaxError)
})

it('findEntryPoints finds every entry point that a package exports', () => {
  const names = [...findEntryPoints(root).values()]
  expect(names).toEqual(expect.arrayContaining(['@claimcheck/core', '@claimcheck/core/presets', '@claimcheck/fastify']))
})
