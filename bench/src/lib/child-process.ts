import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { RunMode } from './run-mode.ts'

/** How a program of a bench is started. */
export interface ProcessOptions {
  /** The Node executable. @default the one that runs the bench */
  readonly node?: string
  /** The only core that the process can use. @default all cores */
  readonly core?: number
  readonly nodeArguments?: readonly string[]
}

type Reply = { readonly result: unknown } | { readonly failure: string }

interface PendingCall {
  readonly resolve: (result: unknown) => void
  readonly reject: (reason: Error) => void
}

/** The parent's side of a program that runs in its own process and handles one command at a time. */
export class Child<Command, Result> {
  readonly #process: ChildProcess
  readonly #program: string
  #pending: PendingCall | null = null
  #lastOutput = ''

  private constructor(program: string, child: ChildProcess) {
    this.#program = program
    this.#process = child
    child.stderr?.on('data', (chunk) => (this.#lastOutput = `${this.#lastOutput}${String(chunk)}`.slice(-4000)))
    child.on('message', (reply: Reply) => {
      if ('failure' in reply) this.#fail(reply.failure)
      else this.#succeed(reply.result)
    })
    child.on('error', (error) => this.#fail(String(error)))
    child.on('close', () => this.#fail(`the process ended: ${this.#lastOutput}`))
  }

  /** Starts a program of `src`, such as `http/serve`, and waits until it has handled its setup. */
  static async start<Command, Result>(
    program: string,
    setup: object,
    mode: RunMode,
    options: ProcessOptions = {},
  ): Promise<Child<Command, Result>> {
    const [executable = '', ...programArguments] = commandLine(program, mode, options)
    const child = spawn(executable, programArguments, {
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const started = new Child<Command, Result>(program, child)
    await started.#exchange(setup)
    return started
  }

  /** Sends a command and returns its result. */
  async call(command: Command): Promise<Result> {
    return (await this.#exchange(command)) as Result
  }

  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.#process
    if (exitCode !== null || signalCode !== null) return
    const closed = new Promise((resolve) => this.#process.once('close', resolve))
    this.#process.kill()
    await closed
  }

  #exchange(message: unknown): Promise<unknown> {
    if (this.#pending !== null) throw new Error(`${this.#program} handles one command at a time`)
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject }
      if (this.#process.exitCode === null && this.#process.connected) this.#process.send(message as object)
      else this.#fail(`the process ended: ${this.#lastOutput}`)
    })
  }

  #succeed(result: unknown): void {
    const pending = this.#pending
    this.#pending = null
    pending?.resolve(result)
  }

  #fail(reason: string): void {
    this.#pending?.reject(new Error(`${this.#program} failed: ${reason}`))
    this.#pending = null
  }
}

/** The child's side: prepares with the setup that the parent sends first, then handles commands until the parent exits. */
export function handleCommands<Setup, Command, Result>(
  prepare: (setup: Setup) => Promise<(command: Command) => Result | Promise<Result>>,
): void {
  let handle: ((command: Command) => Result | Promise<Result>) | null = null
  const receive = async (message: unknown): Promise<unknown> => {
    if (handle !== null) return handle(message as Command)
    handle = await prepare(message as Setup)
    return null
  }
  const reply = (message: Reply) => process.send?.(message)
  process.on('disconnect', () => process.exit())
  process.on('message', (message) => {
    receive(message).then(
      (result) => reply({ result }),
      (error: unknown) => reply({ failure: error instanceof Error ? String(error.stack) : String(error) }),
    )
  })
}

/** Short runs start the TypeScript sources; full runs start the compiled files, which every measured Node can run. */
export function commandLine(
  program: string,
  mode: RunMode,
  { node, core, nodeArguments = [] }: ProcessOptions,
): readonly string[] {
  const file = mode === 'short' ? `../../src/${program}.ts` : `../../dist/${program}.js`
  const conditions = mode === 'short' ? ['--conditions=@claimcheck/source'] : []
  const path = fileURLToPath(new URL(file, import.meta.url))
  const command = [node ?? process.execPath, ...conditions, ...nodeArguments, path]
  return core === undefined ? command : ['taskset', '--cpu-list', String(core), ...command]
}

/** The bytes that the heap and external memory use after a garbage collection. The process needs `--expose-gc`. */
export function bytesInUse(): number {
  if (globalThis.gc === undefined) throw new Error('Start this process with --expose-gc')
  for (let time = 0; time < 4; time++) globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
