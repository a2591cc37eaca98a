import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Builds the site once, before all tests that read it. It does not block the process, which starts the tests meanwhile. */
export async function setup(): Promise<void> {
  const program = join(import.meta.dirname, '..', '.vitepress', 'build.ts')
  const cwd = join(import.meta.dirname, '..', '..')
  await promisify(execFile)(process.execPath, [program], { cwd, maxBuffer: 2 ** 24 })
}
