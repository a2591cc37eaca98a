import type { Form, Progress } from '../form.ts'
import type { Race } from '../race/race.ts'
import { runRace } from '../race/run-race.ts'
import { frameworks } from './contender.ts'
import type { Framework } from './contender.ts'
import { peersOn } from './contenders.ts'
import { extents } from './extent.ts'
import type { HttpCourse, Working } from './extent.ts'
import { ServedContender } from './served-contender.ts'
import type { Traffic } from './served-contender.ts'
import { Supplies } from './supplies.ts'
import type { Supply } from './supplies.ts'

export interface HttpFigures {
  readonly races: readonly HttpRace[]
}

/** Processor time a request; its p99 is of the time that they who asked waited. */
export interface HttpRace extends HttpCourse {
  readonly framework: Framework
  readonly race: Race
}

/** Puts every contender's server under load, framework by framework. */
export async function runHttp(form: Form, progress: Progress): Promise<HttpFigures> {
  const { courses, tokens } = extents[form]
  const supplies = await Supplies.open()
  const races: HttpRace[] = []
  try {
    for (const [index, course] of courses.entries()) {
      const supply = supplies.issue(course.algorithm, tokens[course.working])
      const file = supplies.write(supply.good)
      for (const [step, framework] of frameworks.entries()) {
        const place = `${framework}, ${course.algorithm}, ${course.working}`
        progress(place, index * frameworks.length + step, courses.length * frameworks.length)
        races.push({ ...course, framework, race: await raceOn(framework, { supply, file, ...course }, form) })
      }
    }
  } finally {
    await supplies.close()
  }
  return { races }
}

interface Course {
  readonly supply: Supply
  readonly file: string
  readonly working: Working
}

async function raceOn(framework: Framework, { supply, file, working }: Course, form: Form): Promise<Race> {
  const { rounds, warmTurns, milliseconds } = extents[form]
  // What was never seen cannot be looked up, so there is no ceiling for it.
  const limits = working === 'first seen' ? ['bare'] : ['bare', 'ceiling']
  const names = [...limits, 'claimcheck', ...peersOn(framework)]
  const servers = await Promise.all(
    names.map((contender) => ServedContender.start({ framework, contender, terms: supply.terms }, form)),
  )
  try {
    const traffic: Traffic = { file, milliseconds, outcome: 'handled' }
    for (const server of servers) {
      await server.check(supply)
      await server.warm(traffic, warmTurns, working === 'first seen' ? 0 : supply.good.length)
    }
    const runners = servers.map((server) => ({ contender: server.name, turn: () => server.turn(traffic) }))
    return await runRace(runners, rounds)
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}
