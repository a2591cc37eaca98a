import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** A Node that is measured on; its executable is null where it is not installed, or does not run here. */
export interface MeasuredNode {
  readonly version: string
  readonly executable: string | null
}

const runtimes = new URL('../../../runtimes/', import.meta.url)

/** This Node, and those that the workspace `runtimes` names, by their versions. */
export async function findNodes(): Promise<readonly MeasuredNode[]> {
  const manifest = JSON.parse(readFileSync(new URL('package.json', runtimes), 'utf8')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>
  }
  const pinned = Object.entries(manifest.optionalDependencies).map(async ([alias, specifier]) => {
    const executable = fileURLToPath(new URL(`node_modules/${alias}/bin/node`, runtimes))
    const version = specifier.slice(specifier.lastIndexOf('@') + 1)
    return { version, executable: (await isThere(executable, version)) ? executable : null }
  })
  const own = { version: process.versions.node, executable: process.execPath }
  const all = [own, ...(await Promise.all(pinned))]
  return all.toSorted((a, b) => parseInt(a.version, 10) - parseInt(b.version, 10))
}

async function isThere(executable: string, version: string): Promise<boolean> {
  if (!existsSync(executable)) return false
  try {
    const { stdout } = await promisify(execFile)(executable, ['--version'])
    return stdout.trim() === `v${version}`
  } catch {
    return false
  }
}
