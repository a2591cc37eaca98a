import type { Progress } from './form.ts'

/** Tells on one line what a bench is about and how far it is; where nobody watches, one line a step. */
export function createProgressLine(bench: string): Progress {
  const begin = performance.now()
  return (step, done, of) => {
    const seconds = Math.round((performance.now() - begin) / 1000)
    const line = `${bench} ${done + 1}/${of} ${step} (${Math.floor(seconds / 60)} min ${seconds % 60} s)`
    if (process.stdout.isTTY) process.stdout.write(`\r\u001B[K${line}`)
    else console.log(line)
  }
}
