import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { toSitePath } from './addresses.ts'
import type { SitePage } from './site-page.ts'

/** The page of a file of the repository that a page links to: its text; or of a folder, a list of its files and theirs. */
export function toSourcePage(root: string, name: string): readonly SitePage[] {
  const file = join(root, name)
  if (!statSync(file).isDirectory()) return [page(name, fence(extname(name).slice(1), readFileSync(file, 'utf8')))]
  const names = filesIn(file).map((path) => `${name}/${path}`)
  const list = names.map((entry) => `- [${entry.slice(name.length + 1)}](/${toSitePath(entry)})\n`).join('')
  return [page(name, list), ...names.flatMap((entry) => toSourcePage(root, entry))]
}

/** The files of a folder and of those below it, but for what is installed or built. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && name !== 'dist')
    .flatMap((entry) => {
      if (entry.isFile()) return [entry.name]
      return entry.isDirectory() ? filesIn(join(folder, entry.name)).map((path) => `${entry.name}/${path}`) : []
    })
    .toSorted((one, other) => one.localeCompare(other))
}

function page(name: string, body: string): SitePage {
  const settings = '---\nsearch: false\naside: false\nprev: false\nnext: false\n---\n'
  return { path: toSitePath(name), text: `${settings}\n# ${name}\n\n${body}` }
}

function fence(language: string, text: string): string {
  return `\`\`\`\`${language}\n${text}\`\`\`\`\n`
}
