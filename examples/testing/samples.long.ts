import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const samples = readdirSync(import.meta.dirname).filter((name) =>
  existsSync(join(import.meta.dirname, name, 'package.json')),
)

/** How the summary of each runner shows the number of tests that passed, to check that some ran. */
const passed: Readonly<Record<string, RegExp>> = {
  vitest: /Tests +(\d+) passed \(\1\)/,
  'node-test': /^ℹ pass (\d+)$/m,
  jest: /^Tests: +(\d+) passed, \1 total$/m,
}

describe('a sample project', () => {
  it.each(samples)('passes its own npm test: %s', async (name) => {
    // Variables that this runner sets for its workers would confuse the runner of the sample.
    const inherited = Object.entries(process.env).filter(
      ([variable]) => !/^(VITEST|TEST$|NODE_ENV$|NODE_TEST)/.test(variable),
    )
    const env = { ...Object.fromEntries(inherited), NO_COLOR: '1', FORCE_COLOR: '0' }
    const run = promisify(execFile)('npm', ['test'], {
      cwd: join(import.meta.dirname, name),
      env,
      shell: process.platform === 'win32',
    })
    const { stdout, stderr } = await run.catch((error: Error & { stdout: string; stderr: string }) => {
      throw new Error(`npm test failed in ${name}\n${error.stdout}${error.stderr}`)
    })
    const [, count = '0'] = passed[name]?.exec(stdout + stderr) ?? []
    expect(Number(count)).toBeGreaterThan(30)
  })
})
