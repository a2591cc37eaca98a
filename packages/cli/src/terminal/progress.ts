import type { CliContext } from '../lib/context.ts'

const second = 1000

/** Waits for `work`. After a second, prints on stderr what it is waiting for; `describeWork` is called again each second. */
export async function withProgress<T>(
  describeWork: () => string,
  work: Promise<T>,
  { stderr, schedule }: Pick<CliContext, 'stderr' | 'schedule'>,
): Promise<T> {
  let seconds = 0
  let cancel = (): void => undefined
  const onSecond = () => {
    seconds++
    // A terminal shows one line that is rewritten. A log gets the line once.
    if (stderr.isTerminal) stderr.write(`\r\u001B[2K${describeWork()} (${seconds} s)`)
    else if (seconds === 1) stderr.write(`${describeWork()}\n`)
    cancel = schedule(second, onSecond)
  }
  cancel = schedule(second, onSecond)
  try {
    return await work
  } finally {
    cancel()
    if (stderr.isTerminal && seconds > 0) stderr.write('\r\u001B[2K')
  }
}
