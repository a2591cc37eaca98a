/**
 * Lists the public names of each package, entry by entry, in its `public-names.txt`, so that every change of what is public
 * shows in a diff: `node scripts/public-names.ts` writes the files, and `scripts/test/public-names.test.ts` compares them.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const packagesFolder = join(import.meta.dirname, '../packages')

interface Manifest {
  readonly name: string
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>
}

/** The lists of all packages by the path of their file. */
export function listPublicNames(): ReadonlyMap<string, string> {
  const folders = readdirSync(packagesFolder).filter((name) => existsSync(join(packagesFolder, name, 'package.json')))
  const lists = folders.map((folder) => [join(packagesFolder, folder, 'public-names.txt'), listOf(folder)] as const)
  // A package without exports, as the command line, has no public names.
  return new Map(lists.filter(([, list]) => list !== ''))
}

function listOf(folder: string): string {
  const root = join(packagesFolder, folder)
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
  const sections = Object.entries(manifest.exports ?? {}).flatMap(([entry, target]) => {
    const source = typeof target === 'string' ? undefined : target['@claimcheck/source']
    if (source === undefined) return []
    if (source.includes('*')) return [`${manifest.name}${entry.slice(1)}\n  every export of ${source}\n`]
    const names = namesIn(readFileSync(join(root, source), 'utf8'))
    return [`${manifest.name}${entry.slice(1)}\n${names.map((name) => `  ${name}\n`).join('')}`]
  })
  return sections.join('\n')
}

/** An entry lists its names one by one, or declares them; an adapter begins with all names of core. */
function namesIn(text: string): readonly string[] {
  const listed = [...text.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(([, type = '', names = '']) => {
    return names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => `${type}${name.replace(/^.* as /, '')}`)
  })
  const declared = [...text.matchAll(/^export (?:declare )?(interface|type|const|function|class) (\w+)/gm)].map(
    ([, kind = '', name = '']) => (kind === 'interface' || kind === 'type' ? `type ${name}` : name),
  )
  const all = [...text.matchAll(/^export \* from '([^']+)'/gm)].map(([, source = '']) => `* from ${source}`)
  const withoutType = (name: string) => name.replace(/^type /, '')
  const sorted = [...listed, ...declared].toSorted((one, other) => (withoutType(one) < withoutType(other) ? -1 : 1))
  return [...all, ...sorted]
}

const isMain = process.argv[1] === import.meta.filename
if (isMain) for (const [file, list] of listPublicNames()) writeFileSync(file, list)
