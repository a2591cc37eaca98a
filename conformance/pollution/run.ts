import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { PollutionReport } from './report.ts'

const flags = [
  '--conditions=@claimcheck/source',
  '--disable-warning=ClaimcheckWarning',
  '--disable-warning=ExperimentalWarning',
  // Each pollution discards optimized code, so it is faster to optimize nothing.
  '--no-opt',
  '--no-maglev',
  '--no-sparkplug',
]
const ofPlatform = process.env['CLAIMCHECK_PLATFORM'] === 'web' ? ['--conditions=workerd'] : []

/** Whether this Node can run the programs, which are TypeScript. */
export const canRun = Boolean(Reflect.get(process.features, 'typescript')) || process.env['CI'] === 'true'

/** Runs a program that pollutes prototypes in its own process, and returns its report. */
export async function runPolluted(script: string, programArguments: readonly string[]): Promise<PollutionReport> {
  const file = fileURLToPath(new URL(`${script}.ts`, import.meta.url))
  const child = spawn(process.execPath, [...flags, ...ofPlatform, file, ...programArguments], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors] = [[] as string[], [] as string[]]
  child.stdout.on('data', (chunk) => output.push(String(chunk)))
  child.stderr.on('data', (chunk) => errors.push(String(chunk)))
  await once(child, 'close')
  const line = output.join('').trim().split('\n').at(-1) ?? ''
  if (!line.startsWith('{')) throw new Error(`${script} sent no report:\n${errors.join('')}`)
  return JSON.parse(line) as PollutionReport
}
