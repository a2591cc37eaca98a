import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Builds the packages, and the programs of the benches beside them, so that what is measured is what is published. */
export async function compile(): Promise<void> {
  const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url))
  for (const project of [
    ['-b', 'tsconfig.build.json'],
    ['-p', 'bench/tsconfig.dist.json'],
  ]) {
    await promisify(execFile)(process.execPath, [tsc, ...project], { cwd: root }).catch(
      (error: Error & { stdout: string }) => {
        throw new Error(`tsc ${project.join(' ')} failed\n${error.stdout}`)
      },
    )
  }
}
