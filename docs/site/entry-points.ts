import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Manifest {
  readonly name: string
  readonly exports?: Readonly<
    Record<string, string | { readonly '@claimcheck/source'?: string; readonly default?: string }>
  >
}

/** Entries that only declare types on a framework: the guide shows the one line that imports them. */
const without = new Set(['./augment'])

/** The sources that users can import, each with the name by which they do: `@claimcheck/core/presets`. */
export function findEntryPoints(root: string): ReadonlyMap<string, string> {
  const folders = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name))
  const found = folders
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .flatMap((folder) => {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
      return Object.entries(manifest.exports ?? {}).flatMap(([path, target]) => {
        const { '@claimcheck/source': source, default: bundle } = typeof target === 'string' ? {} : target
        // An entry without a bundle is for the workspace only.
        if (source === undefined || bundle === undefined || without.has(path)) return []
        return [[join(folder, source), `${manifest.name}${path.slice(1)}`] as const]
      })
    })
  return new Map(found)
}
