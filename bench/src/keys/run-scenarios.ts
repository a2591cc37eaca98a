import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { contenderNames } from './contenders.ts'
import type { ContenderName } from './contenders.ts'
import type { Order, Report } from './play.ts'
import { scenarioIds } from './scenarios.ts'
import type { Figures } from './scenarios.ts'

/** A contender's figures, and the packages that they are of. */
export interface Row {
  readonly contender: ContenderName
  readonly versions: readonly string[]
  readonly figures: Figures
}

const player = fileURLToPath(new URL('./play.ts', import.meta.url))

/** Plays every scenario with every contender: each in a process of its own, or, in the short form, each contender. */
export async function runScenarios(extent: Order['extent'], progress: (line: string) => void): Promise<Row[]> {
  const orders = contenderNames.flatMap((contender): Order[] => {
    if (extent === 'short') return [{ contender, scenarios: scenarioIds, extent }]
    return scenarioIds.map((id) => ({ contender, scenarios: [id], extent }))
  })
  const queue = orders.entries()
  const reports: (Report & Order)[] = []
  const work = async () => {
    for (const [index, order] of queue) {
      const started = performance.now()
      reports.push({ ...order, ...(await play(order)) })
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      progress(`${index + 1}/${orders.length} ${order.contender}: ${order.scenarios.join(', ')} (${seconds} s)`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, work))
  return contenderNames.map((contender) => {
    const own = reports.filter((report) => report.contender === contender)
    // Every scenario was played, so all the parts together are the whole.
    const figures = Object.assign({}, ...own.map((report) => report.figures)) as Figures
    return { contender, versions: own[0]?.versions ?? [], figures }
  })
}

function play(order: Order): Promise<Report> {
  const child = fork(player, [JSON.stringify(order)], {
    execArgv: ['--conditions=@claimcheck/source'],
    // One thread for cryptography, so that the work before a piece of work is known to be done when it is.
    env: { ...process.env, NODE_ENV: 'production', UV_THREADPOOL_SIZE: '1' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let lastWords = ''
  child.stderr?.on('data', (chunk) => (lastWords = `${lastWords}${String(chunk)}`.slice(-4000)))
  return new Promise((resolve, reject) => {
    child.on('message', (report) => resolve(report as Report))
    child.on('error', reject)
    child.on('close', () =>
      reject(new Error(`${order.contender} came to no end of ${order.scenarios.join(', ')}: ${lastWords}`)),
    )
  })
}
