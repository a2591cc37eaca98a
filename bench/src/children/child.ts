import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Form } from '../form.ts'

/** Where a program of a bench runs. */
export interface Place {
  /** @default the Node that runs this */
  readonly node?: string
  /** The one core that it may use. @default all */
  readonly core?: number
  readonly nodeArguments?: readonly string[]
}

/** What a program says: its answer, or what went wrong. */
export type Reply = { readonly answer: unknown } | { readonly fault: string }

interface Waiting {
  readonly resolve: (answer: unknown) => void
  readonly reject: (reason: Error) => void
}

/** A program of a bench in a process of its own, which answers questions one by one: see `answerParent`. */
export class Child<Question, Answer> {
  readonly #process: ChildProcess
  readonly #program: string
  #waiting: Waiting | null = null
  #lastWords = ''

  private constructor(program: string, child: ChildProcess) {
    this.#program = program
    this.#process = child
    child.stderr?.on('data', (chunk) => (this.#lastWords = `${this.#lastWords}${String(chunk)}`.slice(-4000)))
    child.on('message', (reply: Reply) => {
      if ('fault' in reply) this.#fail(reply.fault)
      else this.#succeed(reply.answer)
    })
    child.on('error', (error) => this.#fail(String(error)))
    child.on('close', () => this.#fail(`it ended: ${this.#lastWords}`))
  }

  /** Starts a program of `src`, as `http/serve`, and waits until it has made ready for its order. */
  static async start<Question, Answer>(
    program: string,
    order: object,
    form: Form,
    place: Place = {},
  ): Promise<Child<Question, Answer>> {
    const [command = '', ...commandArguments] = commandOf(program, form, place)
    const child = spawn(command, commandArguments, {
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const started = new Child<Question, Answer>(program, child)
    await started.#exchange(order)
    return started
  }

  async ask(question: Question): Promise<Answer> {
    return (await this.#exchange(question)) as Answer
  }

  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.#process
    if (exitCode !== null || signalCode !== null) return
    const closed = new Promise((resolve) => this.#process.once('close', resolve))
    this.#process.kill()
    await closed
  }

  #exchange(message: unknown): Promise<unknown> {
    if (this.#waiting !== null) throw new Error(`${this.#program} answers one question at a time`)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      if (this.#process.exitCode === null && this.#process.connected) this.#process.send(message as object)
      else this.#fail(`it ended: ${this.#lastWords}`)
    })
  }

  #succeed(answer: unknown): void {
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.resolve(answer)
  }

  #fail(reason: string): void {
    this.#waiting?.reject(new Error(`${this.#program} failed: ${reason}`))
    this.#waiting = null
  }
}

/** The short form runs the sources; the full one what `compile` made of them, which every Node can run. */
export function commandOf(program: string, form: Form, { node, core, nodeArguments = [] }: Place): readonly string[] {
  const file = form === 'short' ? `../../src/${program}.ts` : `../../dist/${program}.js`
  const conditions = form === 'short' ? ['--conditions=@claimcheck/source'] : []
  const path = fileURLToPath(new URL(file, import.meta.url))
  const command = [node ?? process.execPath, ...conditions, ...nodeArguments, path]
  return core === undefined ? command : ['taskset', '--cpu-list', String(core), ...command]
}
