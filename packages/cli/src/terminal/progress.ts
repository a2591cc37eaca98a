import type { CliContext } from '../lib/context.ts'

const second = 1000

/** Waits for work, and says on stderr what is waited for once that is over a second; the words may change meanwhile. */
export async function withProgress<T>(
  words: () => string,
  work: Promise<T>,
  { stderr, after }: Pick<CliContext, 'stderr' | 'after'>,
): Promise<T> {
  let seconds = 0
  let cancel = (): void => undefined
  const tell = () => {
    seconds++
    // A log gets one line, and a terminal one that is written anew.
    if (stderr.isTerminal) stderr.write(`\r\u001B[2K${words()} (${seconds} s)`)
    else if (seconds === 1) stderr.write(`${words()}\n`)
    cancel = after(second, tell)
  }
  cancel = after(second, tell)
  try {
    return await work
  } finally {
    cancel()
    if (stderr.isTerminal && seconds > 0) stderr.write('\r\u001B[2K')
  }
}
