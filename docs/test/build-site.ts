import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Builds the site once, before all tests that read it. */
export function setup(): void {
  const program = join(import.meta.dirname, '..', '.vitepress', 'build.ts')
  execFileSync(process.execPath, [program], { cwd: join(import.meta.dirname, '..', '..'), stdio: 'pipe' })
}
