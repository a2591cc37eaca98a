import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'
import type { DefaultTheme } from 'vitepress'
import { pages } from '../../conformance/documentation/pages.ts'
import { toAnchor } from '../site/anchors.ts'
import { toSitePath } from '../site/addresses.ts'
import { describePage } from '../site/llms.ts'
import { sections } from '../site/sections.ts'
import type { Section } from '../site/sections.ts'
import { accessibleTheme, withoutEmptyHeaders } from './accessible-theme.ts'
import { pagesFolder, siteFolder } from './folders.ts'
import { searchOptions } from './search.ts'

const guides: DefaultTheme.SidebarItem[] = sections.map(({ title, pages: listed, group }) => ({
  text: title,
  items: [
    ...toItems(listed),
    ...(group === undefined ? [] : [{ text: group.title, collapsed: true, items: toItems(group.pages) }]),
    ...(title === 'Reference' ? [{ text: 'API reference', collapsed: true, items: listReference() }] : []),
  ],
}))

const decisions = pages
  .filter(({ name }) => /^docs\/adr\/\d/.test(name))
  .map(({ name, text }) => ({ text: /^# (.+)/.exec(text)?.[1]?.replaceAll('`', '') ?? name, link: linkTo(name) }))

const descriptions = new Map(
  pages.filter(({ name }) => name.startsWith('docs/')).map((page) => [toSitePath(page.name), describePage(page)]),
)

export default defineConfig({
  title: 'claimcheck',
  description: 'JSON Web Token authentication for Express, Fastify and Koa',
  lang: 'en',
  srcDir: pagesFolder,
  outDir: join(siteFolder, 'dist'),
  cacheDir: join(siteFolder, 'cache'),
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/logo.svg' }]],
  vite: {
    plugins: [accessibleTheme()],
    build: { chunkSizeWarningLimit: 2000 }, // the search index, which is loaded when a reader searches
  },
  markdown: {
    anchor: { slugify: toAnchor },
    config: withoutEmptyHeaders,
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  transformPageData: ({ relativePath, description }) => ({
    description: descriptions.get(relativePath) ?? description,
  }),
  themeConfig: {
    logo: { src: '/logo.svg', alt: '', width: 24, height: 24 },
    nav: [
      { text: 'Start', link: linkTo('docs/start.md') },
      { text: 'Errors', link: linkTo('docs/errors.md') },
      { text: 'Reference', link: '/api/' },
    ],
    sidebar: [...guides, { text: 'Decisions', collapsed: true, link: linkTo('docs/adr/README.md'), items: decisions }],
    search: { provider: 'local', options: { miniSearch: { searchOptions } } },
    outline: [2, 3],
    docFooter: { prev: 'Previous', next: 'Next' },
  },
})

function toItems(listed: Section['pages']): DefaultTheme.SidebarItem[] {
  return Object.entries(listed).map(([name, text]) => ({ text, link: linkTo(`docs/${name}`) }))
}

function linkTo(name: string): string {
  return `/${toSitePath(name).replace(/(index)?\.md$/, '')}`
}

/** The entry points that the reference was made of, which writeReference has written before. */
function listReference(): DefaultTheme.SidebarItem[] {
  const folder = join(pagesFolder, 'api')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'))
  return files
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name !== 'index.md')
    .toSorted()
    .map((name) => ({
      text: /^# (.+)/m.exec(readFileSync(join(folder, name), 'utf8'))?.[1] ?? name,
      link: `/api/${name.replace(/\.md$/, '')}`,
    }))
}
