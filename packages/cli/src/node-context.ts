import { fstatSync } from 'node:fs'
import type { CliContext, Input, Output } from './lib/context.ts'
import { exitCodes } from './lib/exit-codes.ts'

/** Creates the context of the current process. */
export function nodeContext(): CliContext {
  return {
    env: process.env,
    stdin: createInput(process.stdin),
    stdout: createOutput(process.stdout),
    stderr: createOutput(process.stderr),
    fetch: (url, init) => fetch(url, init),
    now: Date.now,
    schedule: (delayMilliseconds, callback) => {
      const timer = setTimeout(callback, delayMilliseconds)
      return () => clearTimeout(timer)
    },
    untilInterrupted: async () =>
      new Promise((resolve) => {
        // `on` and not `once`: the terminal and npx may each send the signal, and the second one would kill the process.
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve())
      }),
  }
}

function createInput(stream: NodeJS.ReadStream): Input {
  return {
    isTerminal: stream.isTTY,
    isPiped: isPiped(0),
    chunks: () => stream,
    close: () => void stream.destroy(),
  }
}

/** A socket does not count: a program that starts this one may leave it open and never write to it. */
function isPiped(descriptor: number): boolean {
  try {
    const stats = fstatSync(descriptor)
    return stats.isFIFO() || stats.isFile()
  } catch {
    return false
  }
}

function createOutput(stream: NodeJS.WriteStream): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader, such as `head`, has closed the pipe because it has read enough.
    if (error.code === 'EPIPE') return
    // Only the code is printed, such as ENOSPC if the disk is full.
    if (stream === process.stdout)
      process.stderr.write(`claimcheck cannot write its output: ${error.code ?? 'no code'}\n`)
    process.exit(exitCodes.bug)
  })
  return {
    isTerminal: stream.isTTY,
    hasColors: stream.isTTY && stream.hasColors(),
    write: (text) => void stream.write(text),
  }
}
