import type { FetchLike } from '@claimcheck/core'
import { run } from '../src/run.ts'
import type { Input, Output, CliContext } from '../src/lib/context.ts'

/** 2023-11-14T22:13:20Z, the second at which every test happens that does not say otherwise. */
export const nowSeconds = 1_700_000_000

/** What stdin is: a terminal, something that was led in, or what a program leaves open that starts another. */
type Stdin = {
  readonly kind: 'terminal' | 'pipe' | 'socket'
  readonly text?: string | (() => AsyncIterable<Uint8Array>)
}

export interface TestSurroundings {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: Stdin
  readonly isTerminal?: boolean
  readonly fetch?: FetchLike
  readonly now?: () => number
  /** What is done as soon as something is printed. */
  readonly onPrint?: (terminal: Terminal) => void
}

/** A terminal of a test: what was printed on it, its timers, which run out when they are told to, and its Ctrl-C. */
export class Terminal {
  stdout = ''
  stderr = ''
  #timers: (() => void)[] = []
  readonly #interrupts: (() => void)[] = []
  readonly #surroundings: CliContext

  constructor({ env = {}, stdin = { kind: 'socket' }, isTerminal = false, ...seams }: TestSurroundings = {}) {
    const { fetch, now, onPrint } = seams
    const output = (write: (text: string) => void): Output => ({ isTerminal, showsColours: isTerminal, write })
    this.#surroundings = {
      env,
      stdin: inputOf(stdin),
      stdout: output((text) => {
        this.stdout += text
        onPrint?.(this)
      }),
      stderr: output((text) => (this.stderr += text)),
      fetch: fetch ?? ((url, init) => globalThis.fetch(url, init)),
      now: now ?? (() => nowSeconds * 1000),
      after: (_milliseconds, act) => {
        this.#timers.push(act)
        return () => {
          this.#timers = this.#timers.filter((timer) => timer !== act)
        }
      },
      interrupted: async () => new Promise((resolve) => this.#interrupts.push(resolve)),
    }
  }

  async run(...args: readonly string[]): Promise<number> {
    return run(args, this.#surroundings)
  }

  /** Lets every timer run out that is set by now. */
  passTime(): void {
    for (const timer of this.#timers.splice(0)) timer()
  }

  /** Until a timer is set, which is when something is waited for. */
  async untilItWaits(): Promise<void> {
    while (this.#timers.length === 0) await new Promise((resolve) => setImmediate(resolve))
  }

  readonly pressCtrlC = (): void => {
    if (this.#interrupts.length === 0) throw new Error('Nobody listens for Ctrl-C: the process would be killed')
    for (const interrupt of this.#interrupts) interrupt()
  }

  json(): unknown {
    return JSON.parse(this.stdout)
  }
}

function inputOf({ kind, text = '' }: Stdin): Input {
  const chunks = typeof text === 'function' ? text : () => inPieces(text)
  return { isTerminal: kind === 'terminal', isPiped: kind === 'pipe', chunks, stop: () => undefined }
}

/** As pipes do, in pieces that break where it suits them. */
async function* inPieces(text: string): AsyncIterable<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  const half = Math.ceil(bytes.length / 2)
  yield bytes.subarray(0, half)
  yield bytes.subarray(half)
}
