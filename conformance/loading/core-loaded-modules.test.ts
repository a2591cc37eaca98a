import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { canRun } from '../pollution/run.ts'
import type { LoadReport } from './program.ts'

const pathOf = (name: string) => fileURLToPath(new URL(`${name}.ts`, import.meta.url))
const flags = [
  '--conditions=@claimcheck/source',
  ...(process.env['CLAIMCHECK_PLATFORM'] === 'web' ? ['--conditions=workerd'] : []),
  '--disable-warning=ExperimentalWarning',
  `--import=${pathOf('record-modules')}`,
]

/** Runs the actions in a new process, and returns what it loaded. */
async function run(...actions: readonly string[]): Promise<LoadReport> {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, pathOf('program'), ...actions])
  return JSON.parse(stdout) as LoadReport
}

describe.runIf(canRun)('the modules of jose in a new process', () => {
  it('are not loaded by core, its adapters, and the verification of signed tokens', async () => {
    const { modules, jose, subjects } = await run('adapters', 'signed', 'express')
    expect(subjects).toEqual(['HS256', 'RS256', 'ES256', 'ES384', 'EdDSA', 'RS256', 'RS256', 'HS256'])
    expect(modules).toBeGreaterThan(50)
    expect(jose).toEqual([])
  })

  it('are loaded by the first encrypted token, without the index of jose', async () => {
    const { jose, subjects } = await run('encrypted')
    expect(subjects).toEqual(['HS256'])
    expect(jose.some((url) => url.endsWith('/jwe/compact/decrypt.js'))).toBe(true)
    expect(jose.filter((url) => url.endsWith('/jose/dist/webapi/index.js'))).toEqual([])
  })
})
