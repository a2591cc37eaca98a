import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename } from 'node:path'

/** By default vitest leaves one core of a machine with two cores idle. */
export const workers = Math.max(2, availableParallelism() - 1)

/** The folders inside a folder; none if it does not exist. */
export function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).map((name) => `${folder}/${name}`)
}

interface ProjectOptions {
  /** @default the folder's name */
  readonly name?: string
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  /** `workerd`: as in an edge runtime, where jose checks the signatures. @default 'node' */
  readonly platform?: 'node' | 'workerd'
  /** For one test, on a machine that does other work at the same time. @default 20 */
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

/** Folders with tests that are not packages. */
const noPackages: readonly string[] = ['scripts', 'examples/testing']

/** The project of a folder; none if the folder was removed, so that every other folder's tests still run. */
export function projectAt(root: string, options: ProjectOptions = {}): readonly Project[] {
  if (!existsSync(`${root}/package.json`) && !noPackages.includes(root)) return []
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
  // Sources, not builds: the exports and imports of the packages both name this condition first.
  const conditions = ['@claimcheck/source', 'module', platform, 'development|production']
  return [{ extends: true, ssr: { resolve: { conditions } }, test }]
}
