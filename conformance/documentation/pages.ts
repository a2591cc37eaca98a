import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the whole repository. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** A page of the documentation, under its path from the root. */
export interface Page {
  readonly name: string
  readonly text: string
}

const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name.replaceAll('\\', '/')}`)

export const pages: readonly Page[] = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...inDocs.toSorted()].map(
  (name) => ({ name, text: readFileSync(join(root, name), 'utf8') }),
)
