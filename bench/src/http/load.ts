import { execFile, spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { allowedCores } from '../children/cores.ts'

/** What wrk saw. */
export interface Seen {
  readonly requests: number
  /** Answers of 400 and above. */
  readonly refused: number
  /** Those without an answer. */
  readonly failed: number
  /** Microseconds until the answer, at every percent of the requests. */
  readonly latencies: readonly number[]
}

/** The file of the tokens that are sent in turn, one a line, and with which of them it begins. */
export interface Ammunition {
  readonly file: string
  readonly from: number
}

/** How many requests are under way at a time. */
export const connections = 16
const script = fileURLToPath(new URL('./load.lua', import.meta.url))

/** The cores of the server and of the load; they take nothing from each other. */
export function chooseCores(): { readonly server: number; readonly load: number } {
  const [first = 0, second = 1] = allowedCores()
  return { server: second, load: first }
}

/** What is missing to put a server under load here, or null. */
export async function whatLoadLacks(): Promise<string | null> {
  if (allowedCores().length < 2) return 'two cores of Linux'
  if (!(await runs('taskset', ['--version']))) return 'taskset (apt-get install util-linux)'
  // wrk tells its version and ends with 1.
  if (!(await runs('wrk', ['--version']))) return 'wrk (apt-get install wrk)'
  return null
}

/** Has wrk send requests to that port for so long, from a core of its own. */
export async function load(port: number, ammunition: Ammunition, milliseconds: number): Promise<Seen> {
  const seen = await loadOnce(port, ammunition, milliseconds)
  // On a machine that is busy with other things, a short while may have passed without a single request.
  return seen.requests === 0 && milliseconds < 5000 ? load(port, ammunition, milliseconds * 4) : seen
}

async function loadOnce(port: number, { file, from }: Ammunition, milliseconds: number): Promise<Seen> {
  const { load: core } = chooseCores()
  // A wait that is long is still one that ends in an answer.
  const patience = ['--duration', '60s', '--timeout', '60s']
  const wrk = ['wrk', '--threads', '1', '--connections', String(connections), ...patience, '--script', script]
  const target = [`http://127.0.0.1:${port}/`, '--', file, String(from)]
  const pinned = ['--cpu-list', String(core), 'stdbuf', '--output=L', ...wrk, ...target]
  const child = spawn('taskset', pinned, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const running = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      output += String(chunk)
      if (output.startsWith('Running')) resolve()
    })
  })
  child.stderr.on('data', (chunk) => (output += String(chunk)))
  const closed = new Promise((resolve, reject) => child.once('close', resolve).once('error', reject))
  // Its own clock knows whole seconds only; interrupted once it runs, it tells what it saw until then.
  await Promise.race([running.then(() => wait(milliseconds)), closed])
  child.kill('SIGINT')
  await closed
  const line = output.split('\n').find((each) => each.startsWith('{'))
  if (line === undefined) throw new Error(`wrk said nothing of what it saw: ${output.slice(-1000)}`)
  return JSON.parse(line) as Seen
}

async function runs(program: string, programArguments: readonly string[]): Promise<boolean> {
  try {
    await promisify(execFile)(program, programArguments)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 1
  }
}
