import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { RunMode } from '../lib/run-mode.ts'
import { contenderNames } from './contenders.ts'
import type { ContenderName } from './contenders.ts'
import type { Task, TaskResult } from './run-in-process.ts'
import { scenarioIds } from './scenarios.ts'
import type { Figures } from './scenarios.ts'

/** A contender's figures, with the versions of its packages. */
export interface Row {
  readonly contender: ContenderName
  readonly versions: readonly string[]
  readonly figures: Figures
}

/** Runs every scenario with every contender: each in its own process, or, in a short run, one process per contender. */
export async function runScenarios(mode: RunMode, onProgress: (line: string) => void): Promise<Row[]> {
  const tasks = contenderNames.flatMap((contender): Task[] => {
    if (mode === 'short') return [{ contender, scenarios: scenarioIds, mode }]
    return scenarioIds.map((id) => ({ contender, scenarios: [id], mode }))
  })
  const queue = tasks.entries()
  const results: (TaskResult & Task)[] = []
  const work = async () => {
    for (const [index, task] of queue) {
      const start = performance.now()
      results.push({ ...task, ...((await runProgram('keys/run-in-process', task)) as TaskResult) })
      const seconds = ((performance.now() - start) / 1000).toFixed(1)
      onProgress(`${index + 1}/${tasks.length} ${task.contender}: ${task.scenarios.join(', ')} (${seconds} s)`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, work))
  return contenderNames.map((contender) => {
    const own = results.filter((result) => result.contender === contender)
    // Every scenario ran, so the parts together are complete.
    const figures = Object.assign({}, ...own.map((result) => result.figures)) as Figures
    return { contender, versions: own[0]?.versions ?? [], figures }
  })
}

/** Runs a program of `src` in its own process, with the task as its argument, and returns what it sends. */
export function runProgram(program: string, task: object): Promise<unknown> {
  const argument = JSON.stringify(task)
  const child = fork(fileURLToPath(new URL(`../${program}.ts`, import.meta.url)), [argument], {
    execArgv: ['--conditions=@claimcheck/source'],
    // With one thread for cryptography, work completes in the order in which it was started.
    env: { ...process.env, NODE_ENV: 'production', UV_THREADPOOL_SIZE: '1' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let lastOutput = ''
  child.stderr?.on('data', (chunk) => (lastOutput = `${lastOutput}${String(chunk)}`.slice(-4000)))
  return new Promise((resolve, reject) => {
    child.on('message', resolve)
    child.on('error', reject)
    child.on('close', () => reject(new Error(`${program} did not finish ${argument}: ${lastOutput}`)))
  })
}
