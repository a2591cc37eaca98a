import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Whether this Node runs the scripts that measure: they are TypeScript. */
export const canMeasure = Boolean(Reflect.get(process.features, 'typescript')) || process.env['CI'] === 'true'

const flags = [
  '--expose-gc',
  // Room for what one refusal allocates, so that no collection comes while it is measured.
  '--max-semi-space-size=64',
  '--conditions=@claimcheck/source',
  '--disable-warning=ExperimentalWarning',
]
/** Core takes the platform of Workers there, where the tests around it do. */
const ofPlatform = process.env['CLAIMCHECK_PLATFORM'] === 'web' ? ['--conditions=workerd'] : []

/**
 * Runs a script of `measured/` in a process of its own, and gives what it reports: a heap is only worth measuring where
 * nobody else fills it.
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
