import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename } from 'node:path'

/** Two at least, because by default vitest leaves one of two CPU cores idle. */
export const workers = Math.max(2, availableParallelism() - 1)

/** Returns the paths of the entries of a folder; none if it does not exist. */
export function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).map((name) => `${folder}/${name}`)
}

interface ProjectOptions {
  /** @default the folder's name */
  readonly name?: string
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  /** `workerd` uses platform/web.ts, as an edge runtime does. @default 'node' */
  readonly platform?: 'node' | 'workerd'
  /** The timeout of one test. It is long, because other work can run at the same time. @default 20 */
  readonly timeoutSeconds?: number
}

interface Project {
  readonly extends: true
  readonly ssr: { readonly resolve: { readonly conditions: string[] } }
  readonly test: {
    readonly name: string
    readonly root: string
    readonly include: string[]
    readonly exclude: string[]
    readonly testTimeout: number
    readonly env: Record<string, string>
  }
}

/** Folders that contain tests and no package.json. */
const foldersWithoutPackage: readonly string[] = ['scripts', 'examples/testing']

/** Returns the project of a folder, or none if the folder was removed, so that the other tests still run. */
export function projectAt(root: string, options: ProjectOptions = {}): readonly Project[] {
  if (!existsSync(`${root}/package.json`) && !foldersWithoutPackage.includes(root)) return []
  const { name = basename(root), include = ['**/*.test.ts'], exclude = [] } = options
  const { platform = 'node', timeoutSeconds = 20 } = options
  const test = {
    name,
    root,
    include: [...include],
    exclude: ['**/node_modules/**', ...exclude],
    testTimeout: timeoutSeconds * 1000,
    env: platform === 'node' ? {} : { CLAIMCHECK_PLATFORM: 'web' },
  }
  // The packages list this condition first in their exports and imports, so tests run the sources and not the builds.
  const conditions = ['@claimcheck/source', 'module', platform, 'development|production']
  return [{ extends: true, ssr: { resolve: { conditions } }, test }]
}
