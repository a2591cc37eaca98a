import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of an npm project outside the workspace, with the packed packages installed. */
    consumer: string
    /** The paths of the packed packages. */
    tarballs: string[]
  }
}

const workspace = resolve(import.meta.dirname, '../..')
const shell = process.platform === 'win32'

/** Packs every public package and installs the tarballs with npm into a copy of the consumer. */
export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'claimcheck-'))
  const consumer = join(folder, 'consumer')
  cpSync(join(import.meta.dirname, 'consumer'), consumer, { recursive: true })
  await run('pnpm', ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder], workspace)
  const tarballs = readdirSync(folder)
    .filter((name) => name.endsWith('.tgz'))
    .map((name) => join(folder, name))
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs], consumer)
  project.provide('consumer', consumer)
  project.provide('tarballs', tarballs)
  return () => rmSync(folder, { recursive: true, force: true })
}

async function run(program: string, programArguments: readonly string[], cwd: string): Promise<void> {
  await promisify(execFile)(program, programArguments, { cwd, shell })
}
