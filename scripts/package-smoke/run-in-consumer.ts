import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { inject } from 'vitest'

/** Runs a script in the folder of the consumer and returns its output. If it fails, the error contains the output. */
export async function runInConsumer(scriptArguments: readonly string[], node = process.execPath): Promise<string> {
  const { stdout } = await promisify(execFile)(node, scriptArguments, { cwd: inject('consumer') }).catch(
    (error: Error & { stdout: string; stderr: string }) => {
      throw new Error(`${scriptArguments.join(' ')} failed\n${error.stdout}${error.stderr}`)
    },
  )
  return stdout
}
