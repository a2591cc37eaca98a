import { fstatSync } from 'node:fs'
import { exitCodes } from './lib/exit-codes.ts'
import type { Input, Output, CliContext } from './lib/context.ts'

/** The process that this is. */
export function nodeContext(): CliContext {
  return {
    env: process.env,
    stdin: inputOf(process.stdin),
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    fetch: (url, init) => fetch(url, init),
    now: Date.now,
    after: (milliseconds, act) => {
      const timer = setTimeout(act, milliseconds)
      return () => clearTimeout(timer)
    },
    interrupted: async () =>
      new Promise((resolve) => {
        // A terminal and npx may each pass Ctrl-C on, so that it comes twice: once is enough.
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve())
      }),
  }
}

function inputOf(stream: NodeJS.ReadStream): Input {
  return {
    isTerminal: stream.isTTY,
    isPiped: isPiped(0),
    chunks: () => stream,
    stop: () => void stream.destroy(),
  }
}

/** A socket is none: programs that start others leave one open, and nothing ever comes. */
function isPiped(descriptor: number): boolean {
  try {
    const stats = fstatSync(descriptor)
    return stats.isFIFO() || stats.isFile()
  } catch {
    return false
  }
}

function outputOf(stream: NodeJS.WriteStream): Output {
  // Who reads the first lines alone, as `head` does, is served by then.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return
    // The code alone: a disk may be full.
    if (stream === process.stdout) process.stderr.write(`claimcheck cannot print: ${error.code ?? 'no code'}\n`)
    process.exit(exitCodes.bug)
  })
  return {
    isTerminal: stream.isTTY,
    showsColours: stream.isTTY && stream.hasColors(),
    write: (text) => void stream.write(text),
  }
}
