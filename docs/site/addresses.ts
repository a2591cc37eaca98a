import { posix } from 'node:path'

/** The file of the site, from its root, that shows a page, a file or a folder of the repository. */
export function toSitePath(name: string): string {
  if (name === 'README.md') return 'index.md'
  if (name === 'SECURITY.md') return 'security-policy.md' // beside docs/security.md
  if (name === 'CONTRIBUTING.md') return 'contributing.md'
  if (!name.startsWith('docs/')) return `source/${name.replace(/\.md$/, '-md')}.md`
  return name.slice('docs/'.length).replace(/(^|\/)README\.md$/, '$1index.md')
}

/** What a link of a page leads to, from the root of the repository; null: another site, a place on the page, a picture. */
export function findTarget(from: string, link: string): string | null {
  const [path = ''] = link.split('#')
  if (path === '' || /^[a-z]+:/i.test(path) || /\.(svg|png)$/.test(path)) return null
  return posix.join(posix.dirname(from), path).replace(/\/$/, '')
}
