import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'
import type { DefaultTheme } from 'vitepress'
import { pages } from '../../conformance/documentation/pages.ts'
import { toAnchor } from '../site/anchors.ts'
import { toSitePath } from '../site/addresses.ts'
import { sections } from '../site/sections.ts'
import { pagesFolder, siteFolder } from './folders.ts'

const guides: DefaultTheme.SidebarItem[] = sections.map(({ title, pages: listed, closed }) => ({
  text: title,
  collapsed: closed ?? false,
  items: Object.entries(listed).map(([name, text]) => ({ text, link: linkTo(`docs/${name}`) })),
}))

const decisions = pages
  .filter(({ name }) => /^docs\/adr\/\d/.test(name))
  .map(({ name, text }) => ({ text: /^# (.+)/.exec(text)?.[1]?.replaceAll('`', '') ?? name, link: linkTo(name) }))

const reference = listReference()

/** The first page has a hero on the site, and is plain on GitHub. */
const hero = {
  layout: 'home',
  hero: {
    name: 'claimcheck',
    text: 'JSON Web Tokens for Express, Fastify and Koa',
    tagline:
      'The same verified caller, the same rules and the same answers on each of them. Closed unless you open it.',
    actions: [
      { theme: 'brand', text: 'Start here', link: linkTo('docs/start.md') },
      { theme: 'alt', text: 'Come from another package', link: linkTo('docs/migration.md') },
      { theme: 'alt', text: 'What is checked', link: linkTo('docs/security.md') },
    ],
  },
}

export default defineConfig({
  title: 'claimcheck',
  description: 'JSON Web Token authentication for Express, Fastify and Koa',
  lang: 'en',
  srcDir: pagesFolder,
  outDir: join(siteFolder, 'dist'),
  cacheDir: join(siteFolder, 'cache'),
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  vite: { build: { chunkSizeWarningLimit: 2000 } }, // the search index, which is loaded by whoever searches
  markdown: { anchor: { slugify: toAnchor } },
  transformPageData: (page) => (page.relativePath === 'index.md' ? { frontmatter: hero } : {}),
  themeConfig: {
    nav: [
      { text: 'Guide', link: linkTo('docs/start.md') },
      { text: 'Error codes', link: linkTo('docs/errors.md') },
      { text: 'Reference', link: '/api/' },
    ],
    sidebar: [
      ...guides,
      { text: 'API reference', collapsed: true, items: reference },
      { text: 'Decisions', collapsed: true, link: linkTo('docs/adr/README.md'), items: decisions },
    ],
    search: { provider: 'local' },
    outline: [2, 3],
    docFooter: { prev: 'Before', next: 'Next' },
  },
})

function linkTo(name: string): string {
  return `/${toSitePath(name).replace(/(index)?\.md$/, '')}`
}

/** The entry points that the reference was made of, which stand in the folder when the site is built. */
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
