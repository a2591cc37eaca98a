/** `short` only checks that a bench works, and runs the sources; `full` measures the packages as they are published. */
export type RunMode = 'short' | 'full'

/** Called before each step of a bench. */
export type Progress = (step: string, done: number, total: number) => void

/** Prints the current step: on a terminal in one line that is overwritten, elsewhere one line per step. */
export function createProgressLine(bench: string): Progress {
  const start = performance.now()
  return (step, done, total) => {
    const seconds = Math.round((performance.now() - start) / 1000)
    const line = `${bench} ${done + 1}/${total} ${step} (${Math.floor(seconds / 60)} min ${seconds % 60} s)`
    if (process.stdout.isTTY) process.stdout.write(`\r\u001B[K${line}`)
    else console.log(line)
  }
}
