import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { PollutionReport } from './report.ts'

const flags = [
  '--conditions=@claimcheck/source',
  '--disable-warning=ClaimcheckWarning',
  '--disable-warning=ExperimentalWarning',
  // Each pollution throws away what the engine has optimised: it is faster where it optimises nothing.
  '--no-opt',
  '--no-maglev',
  '--no-sparkplug',
]
const ofPlatform = process.env['CLAIMCHECK_PLATFORM'] === 'web' ? ['--conditions=workerd'] : []

/** Whether this Node runs the scripts: they are TypeScript. */
export const canRun = Boolean(Reflect.get(process.features, 'typescript')) || process.env['CI'] === 'true'

/** Runs a script in a process of its own, whose prototypes it pollutes, and returns its report. */
export async function runPolluted(script: string, given: readonly string[]): Promise<PollutionReport> {
  const file = fileURLToPath(new URL(`${script}.ts`, import.meta.url))
  const child = spawn(process.execPath, [...flags, ...ofPlatform, file, ...given], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [printed, complained] = [[] as string[], [] as string[]]
  child.stdout.on('data', (chunk) => printed.push(String(chunk)))
  child.stderr.on('data', (chunk) => complained.push(String(chunk)))
  await once(child, 'close')
  const line = printed.join('').trim().split('\n').at(-1) ?? ''
  if (!line.startsWith('{')) throw new Error(`${script} sent no report:\n${complained.join('')}`)
  return JSON.parse(line) as PollutionReport
}
