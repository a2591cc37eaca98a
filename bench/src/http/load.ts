import { execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** What wrk reports about a load. */
export interface LoadReport {
  readonly requests: number
  /** Responses with a status of 400 and above. */
  readonly rejected: number
  /** Requests without a response. */
  readonly failed: number
  /** Microseconds until the response, at every percent of the requests. */
  readonly latencies: readonly number[]
}

/** A file of tokens, one per line, that are sent in turn, and the index of the first one. */
export interface TokenFile {
  readonly file: string
  readonly from: number
}

/** The number of concurrent requests. */
export const connections = 16
const script = fileURLToPath(new URL('./load.lua', import.meta.url))

/** Separate cores for the server and for the load, so that they do not slow each other down. */
export function chooseCores(): { readonly server: number; readonly load: number } {
  const [first = 0, second = 1] = allowedCores()
  return { server: second, load: first }
}

/** What must be installed before a server can be put under load, or null. */
export async function missingTools(): Promise<string | null> {
  if (allowedCores().length < 2) return 'two cores of Linux'
  if (!(await runs('taskset', ['--version']))) return 'taskset (apt-get install util-linux)'
  // wrk prints its version and exits with 1.
  if (!(await runs('wrk', ['--version']))) return 'wrk (apt-get install wrk)'
  return null
}

/** Sends requests to a port with wrk, which runs on its own core. */
export async function load(port: number, tokens: TokenFile, milliseconds: number): Promise<LoadReport> {
  const report = await loadOnce(port, tokens, milliseconds)
  // On a busy host, a short time can pass without a single request.
  return report.requests === 0 && milliseconds < 5000 ? load(port, tokens, milliseconds * 4) : report
}

async function loadOnce(port: number, { file, from }: TokenFile, milliseconds: number): Promise<LoadReport> {
  const { load: core } = chooseCores()
  // A slow response is still a response.
  const limits = ['--duration', '60s', '--timeout', '60s']
  const wrk = ['wrk', '--threads', '1', '--connections', String(connections), ...limits, '--script', script]
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
  // wrk's duration is in whole seconds. When it is interrupted, it prints its report for the time until then.
  await Promise.race([running.then(() => wait(milliseconds)), closed])
  child.kill('SIGINT')
  await closed
  const line = output.split('\n').find((each) => each.startsWith('{'))
  if (line === undefined) throw new Error(`wrk printed no report: ${output.slice(-1000)}`)
  return JSON.parse(line) as LoadReport
}

async function runs(program: string, programArguments: readonly string[]): Promise<boolean> {
  try {
    await promisify(execFile)(program, programArguments)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 1
  }
}

/** The numbers of the cores that Linux allows this process to use; none on other systems. */
function allowedCores(): readonly number[] {
  try {
    const status = readFileSync('/proc/self/status', 'utf8')
    const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? ''
    return list.split(',').flatMap(parseRange)
  } catch {
    return []
  }
}

/** Parses `3` or `0-3`. */
function parseRange(range: string): readonly number[] {
  const [first = NaN, last = first] = range.split('-').map(Number)
  return Number.isInteger(first) ? Array.from({ length: last - first + 1 }, (_, index) => first + index) : []
}
