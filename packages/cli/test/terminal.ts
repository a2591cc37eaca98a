import type { FetchLike } from '@claimcheck/core'
import { run } from '../src/run.ts'
import type { Input, Output, CliContext } from '../src/lib/context.ts'

/** 2023-11-14T22:13:20Z, the default time of the tests. */
export const nowSeconds = 1_700_000_000

/** What stdin is: a terminal, a pipe, or a socket that a parent process left open. */
type Stdin = {
  readonly kind: 'terminal' | 'pipe' | 'socket'
  readonly text?: string | (() => AsyncIterable<Uint8Array>)
}

export interface TestContext {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: Stdin
  readonly isTerminal?: boolean
  readonly fetch?: FetchLike
  readonly now?: () => number
  /** Called as soon as something is printed on stdout. */
  readonly onPrint?: (terminal: Terminal) => void
}

/** Runs the program in a test: records its output, fires its timers on command, and can press Ctrl-C. */
export class Terminal {
  stdout = ''
  stderr = ''
  #timers: (() => void)[] = []
  readonly #interrupts: (() => void)[] = []
  readonly #context: CliContext

  constructor({ env = {}, stdin = { kind: 'socket' }, isTerminal = false, ...seams }: TestContext = {}) {
    const { fetch, now, onPrint } = seams
    const output = (write: (text: string) => void): Output => ({ isTerminal, hasColors: isTerminal, write })
    this.#context = {
      env,
      stdin: inputOf(stdin),
      stdout: output((text) => {
        this.stdout += text
        onPrint?.(this)
      }),
      stderr: output((text) => (this.stderr += text)),
      fetch: fetch ?? ((url, init) => globalThis.fetch(url, init)),
      now: now ?? (() => nowSeconds * 1000),
      schedule: (_delayMilliseconds, callback) => {
        this.#timers.push(callback)
        return () => {
          this.#timers = this.#timers.filter((timer) => timer !== callback)
        }
      },
      untilInterrupted: async () => new Promise((resolve) => this.#interrupts.push(resolve)),
    }
  }

  async run(...args: readonly string[]): Promise<number> {
    return run(args, this.#context)
  }

  /** Fires every timer that is set. */
  passTime(): void {
    for (const timer of this.#timers.splice(0)) timer()
  }

  /** Resolves when the program has set a timer, because it waits for something. */
  async untilTimer(): Promise<void> {
    while (this.#timers.length === 0) await new Promise((resolve) => setImmediate(resolve))
  }

  readonly pressCtrlC = (): void => {
    if (this.#interrupts.length === 0)
      throw new Error('The program does not handle Ctrl-C yet, so the process would be killed')
    for (const interrupt of this.#interrupts) interrupt()
  }

  json(): unknown {
    return JSON.parse(this.stdout)
  }
}

function inputOf({ kind, text = '' }: Stdin): Input {
  const chunks = typeof text === 'function' ? text : () => inChunks(text)
  return { isTerminal: kind === 'terminal', isPiped: kind === 'pipe', chunks, close: () => undefined }
}

/** Splits the text in two chunks, possibly within a character, as a pipe may do. */
async function* inChunks(text: string): AsyncIterable<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  const half = Math.ceil(bytes.length / 2)
  yield bytes.subarray(0, half)
  yield bytes.subarray(half)
}
