import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { commandOf } from '../children/child.ts'
import type { Form, Progress } from '../form.ts'
import { anybody, frameworks } from '../http/contender.ts'
import type { Framework } from '../http/contender.ts'
import { peersOn } from '../http/contenders.ts'
import { Supplies } from '../http/supplies.ts'
import { runRace } from '../race/run-race.ts'
import type { Runner } from '../race/run-race.ts'
import type { Race } from '../race/race.ts'
import { subjectOf } from '../tokens/bench-tokens.ts'
import type { FirstRequest } from './first-request.ts'
import { importedPackages } from './imported-packages.ts'
import { measureSize } from './measure-size.ts'

export interface StartFigures {
  readonly imports: Race
  /** From the start of the process to the answer of the first request. */
  readonly firstRequests: readonly { readonly framework: Framework; readonly race: Race }[]
  readonly coreBytes: number
}

const rounds: Readonly<Record<Form, number>> = { full: 11, short: 1 }

/** Starts everything in a new process each time: imports, and servers until their first request is let in. */
export async function runStart(form: Form, progress: Progress): Promise<StartFigures> {
  const steps = frameworks.length + 2
  progress('size of core', 0, steps)
  const coreBytes = await measureSize(form)
  progress('imports', 1, steps)
  const packages = form === 'short' ? importedPackages.slice(0, 2) : importedPackages
  const imports = await runRace(
    packages.map((name) => runnerOf(name, ['start/import-time', name], form)),
    rounds[form],
  )
  const supplies = await Supplies.open()
  const firstRequests: StartFigures['firstRequests'][number][] = []
  try {
    const { terms, good } = supplies.issue('HS256', 1)
    for (const [index, framework] of frameworks.entries()) {
      progress(`first request, ${framework}`, index + 2, steps)
      const runners = ['bare', 'claimcheck', ...peersOn(framework)].map((contender) => {
        const caller = contender === 'bare' ? anybody : subjectOf(0)
        const order: FirstRequest = { framework, contender, terms, token: good[0] ?? '', caller }
        return runnerOf(contender, ['start/first-request', JSON.stringify(order)], form)
      })
      firstRequests.push({ framework, race: await runRace(runners, rounds[form]) })
    }
  } finally {
    await supplies.close()
  }
  return { imports, firstRequests, coreBytes }
}

function runnerOf(contender: string, [program, order]: readonly [string, string], form: Form): Runner {
  const [command = '', ...commandArguments] = commandOf(program, form, {})
  const env = { ...process.env, NODE_ENV: 'production' }
  return {
    contender,
    turn: async () => {
      const { stdout } = await promisify(execFile)(command, [...commandArguments, order], { env })
      const microseconds = Number(stdout) * 1000
      if (!(microseconds > 0)) throw new Error(`${program} of ${contender} told no time: ${stdout}`)
      return { mean: microseconds, singles: [microseconds] }
    },
  }
}
