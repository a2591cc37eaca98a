import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root folder of the repository. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** A page of the documentation, with its path from the root. */
export interface Page {
  readonly name: string
  readonly text: string
}

const docs = join(root, 'docs')
const folders = readdirSync(docs, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
  .map(({ name }) => name)
const inDocs = ['', ...folders]
  .flatMap((folder) => readdirSync(join(docs, folder)).map((name) => join('docs', folder, name).replaceAll('\\', '/')))
  .filter((name) => name.endsWith('.md'))

export const pages: readonly Page[] = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...inDocs.toSorted()].map(toPage)

/** What npm shows of each package, and what coding agents read. The site does not contain these pages. */
export const packagePages: readonly Page[] = readdirSync(join(root, 'packages'))
  .flatMap((folder) => [`packages/${folder}/README.md`, `packages/${folder}/SKILL.md`])
  .filter((name) => existsSync(join(root, name)))
  .map(toPage)

/** All of them. */
export const everyPage: readonly Page[] = [...pages, ...packagePages]

function toPage(name: string): Page {
  return { name, text: readFileSync(join(root, name), 'utf8') }
}
