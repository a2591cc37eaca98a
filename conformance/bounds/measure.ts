import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Whether this Node can run the measured programs, which are TypeScript. */
export const canMeasure = Boolean(Reflect.get(process.features, 'typescript')) || process.env['CI'] === 'true'

const flags = [
  '--expose-gc',
  // Large enough that no garbage collection runs during a measurement.
  '--max-semi-space-size=64',
  '--conditions=@claimcheck/source',
  '--disable-warning=ExperimentalWarning',
]
/** Core uses the platform code of Workers if the tests do. */
const ofPlatform = process.env['CLAIMCHECK_PLATFORM'] === 'web' ? ['--conditions=workerd'] : []

/**
 * Runs a program of `measured/` in its own process and returns its report, because no other code may use the measured
 * heap.
 */
export async function measure<T>(script: string, count: number): Promise<T> {
  const child = fork(fileURLToPath(new URL(`measured/${script}.ts`, import.meta.url)), [String(count)], {
    execArgv: [...flags, ...ofPlatform],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  const printed: unknown[] = []
  child.stderr?.on('data', (chunk) => printed.push(chunk))
  const closed = once(child, 'close')
  const [report] = (await Promise.race([once(child, 'message'), closed])) as readonly unknown[]
  await closed
  if (typeof report === 'object' && report !== null) return report as T
  throw new Error(`${script} sent no report:\n${printed.join('')}`)
}
