import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { bundle } from './bundle.ts'

const folder = resolve(import.meta.dirname, '..')
const bun = join(folder, 'node_modules/@oven/bun-linux-x64/bin/bun')
const deno = join(folder, 'node_modules/@deno/linux-x64-glibc/deno')

/** How a script is run. */
export interface ScriptOptions {
  /** Permissions of Deno, such as `--allow-env`. @default none */
  readonly permissions?: readonly string[]
  /** Variables beside `PATH`. @default none */
  readonly env?: Readonly<Record<string, string>>
}

/** A runtime that runs scripts. */
export type ScriptRuntime = 'bun' | 'deno' | 'node'

const commands: Readonly<Record<ScriptRuntime, (options: ScriptOptions) => readonly [string, ...string[]]>> = {
  bun: () => [bun, 'run'],
  deno: ({ permissions = [] }) => [deno, 'run', '--no-prompt', '--cached-only', '--no-lock', ...permissions],
  node: () => [process.execPath],
}

/** Runs `runtimes/entries/<entry>.ts` and returns what it printed. The error of a script that fails has its output. */
export async function runScript(runtime: ScriptRuntime, entry: string, options: ScriptOptions = {}): Promise<string> {
  return run(runtime, join(folder, 'entries', `${entry}.ts`), options)
}

/** Bundles `runtimes/entries/<entry>.ts` as for a server on Node and runs the bundle. */
export async function runNodeBundle(
  runtime: ScriptRuntime,
  entry: string,
  options: ScriptOptions = {},
): Promise<string> {
  const made = await mkdtemp(join(folder, 'node_modules', '.bundle-'))
  try {
    const file = join(made, 'bundle.mjs')
    await writeFile(file, await bundle(`import './entries/${entry}.ts'`, 'node'))
    return await run(runtime, file, options)
  } finally {
    await rm(made, { recursive: true })
  }
}

/** A script that serves until it is stopped. */
export interface Server {
  readonly port: number
  stop(): Promise<void>
}

/** Starts `runtimes/entries/<entry>.ts`, which prints the port that it listens on. */
export async function startServer(runtime: ScriptRuntime, entry: string, options: ScriptOptions = {}): Promise<Server> {
  const [program, ...programArguments] = commands[runtime](options)
  const file = join(folder, 'entries', `${entry}.ts`)
  const server = spawn(program, [...programArguments, file], {
    cwd: folder,
    env: variablesOf(options),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(server, 'close')
  const first: unknown[] = await Promise.race([once(server.stdout, 'data'), ended])
  const port = Number(first[0])
  if (!(port > 0)) throw new Error(`${runtime} printed no port`)
  return {
    port,
    async stop() {
      server.kill()
      await ended
    },
  }
}

function variablesOf({ env }: ScriptOptions): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1', ...env }
}

async function run(runtime: ScriptRuntime, file: string, options: ScriptOptions): Promise<string> {
  const [program, ...programArguments] = commands[runtime](options)
  const env = variablesOf(options)
  try {
    const { stdout } = await promisify(execFile)(program, [...programArguments, file], { cwd: folder, env })
    return stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${runtime} failed\n${stdout}${stderr}`, { cause: error })
  }
}
