import { fork } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Program } from './program.ts'
import { jwkSet, secret } from './callers.ts'

/** A program whose server listens, or, without a port, one that has ended. */
interface RunningProgram {
  readonly port: number | null
  /** What it has printed so far. */
  printed(): string
  /** How the process ended; null while it runs. */
  ending(): string | null
  stop(): Promise<void>
}

const deadlineMilliseconds = 45_000

/**
 * Runs a block in its own process until it ends or listens. If it exports an `auth` that is called, it runs behind a
 * server of ours; if it contains tests, it runs until they end. Rejects with the output if it fails.
 */
export async function runProgram(
  { file, code, calls, env }: Program,
  variables: NodeJS.ProcessEnv = {},
): Promise<RunningProgram> {
  const isTest = code.includes("from 'node:test'")
  const isServed = calls !== null && /^export const auth\b/m.test(code)
  const child = fork(isServed ? fileURLToPath(new URL('serve-auth.ts', import.meta.url)) : file, [file], {
    execArgv: ['--conditions=@claimcheck/source', '--import', new URL('preload.ts', import.meta.url).href],
    env: { ...readEnvironment(env), ...variables, NODE_COMPILE_CACHE: join(dirname(file), 'compiled') },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const chunks: unknown[] = []
  const printed = () => chunks.join('')
  child.stdout?.on('data', (chunk) => chunks.push(chunk))
  child.stderr?.on('data', (chunk) => chunks.push(chunk))
  const closed = once(child, 'close')
  const stop = async () => {
    child.kill('SIGKILL')
    await closed
  }
  const ending = () => {
    const { exitCode, signalCode } = child
    return exitCode === null && signalCode === null ? null : `the process ended with ${exitCode ?? signalCode}`
  }
  const deadline = setTimeout(() => child.kill('SIGKILL'), deadlineMilliseconds)
  const [first] = await (isTest ? closed : Promise.race([once(child, 'message'), closed]))
  clearTimeout(deadline)
  if (isReport(first)) return { port: first.port, printed, ending, stop }
  if (first === 0 && (!isTest || /^. pass [1-9]/m.test(printed()))) return { port: null, printed, ending, stop }
  const failure = first === null ? `neither ended nor listened in ${deadlineMilliseconds} ms` : `ended with ${first}`
  throw new Error(`It ${failure}:\n${printed()}`)
}

function isReport(message: unknown): message is { readonly port: number } {
  return typeof message === 'object' && message !== null && 'port' in message && typeof message.port === 'number'
}

const plain = {
  JWT_ISSUER: 'https://login.example',
  JWT_AUDIENCE: 'https://api.example',
  JWT_SECRET: secret,
  PORT: '0',
}

/** No variables of this process, except those that every process needs. */
const inherited = Object.fromEntries(['PATH', 'SystemRoot'].map((name) => [name, process.env[name]]))

/** The environment of a block: the values that the pages ask for, changed by the comment of the block. */
function readEnvironment(comment: string | null): NodeJS.ProcessEnv {
  const own = (comment ?? '').split(/\s+/).filter((entry) => entry !== '')
  const changes = own.map((entry) => {
    const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(entry) ?? []
    if (name === undefined) throw new SyntaxError(`No variable: ${entry}`)
    return [name, value === '' ? undefined : value] as const
  })
  return { ...inherited, ...plain, ...Object.fromEntries(changes), DOCUMENTATION_JWK_SET: jwkSet }
}
