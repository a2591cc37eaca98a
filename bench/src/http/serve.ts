// A process of its own: one contender's server on this machine, which counts its requests and its own processor time.
import type { AddressInfo } from 'node:net'
import { answerParent } from '../children/answer-parent.ts'
import type { Framework, HttpTerms, StaticAnswer } from './contender.ts'
import { findContender } from './contenders.ts'

export interface Order {
  readonly framework: Framework
  readonly contender: string
  readonly terms: HttpTerms
}

/** Where it listens, and what came of it so far. */
export interface Usage {
  readonly port: number
  readonly received: number
  /** Those that reached the route. */
  readonly handled: number
  readonly cpuMicroseconds: number
}

/** What came of it; or what to answer from now on, where nothing is looked at. */
export type Question = 'usage' | StaticAnswer

answerParent<Order, Question, Usage>(async ({ framework, contender, terms }) => {
  const counts = { received: 0, handled: 0 }
  let answer: StaticAnswer = { status: 501, headers: {}, body: '' }
  const makeServer = await findContender(framework, contender)
  const server = await makeServer(
    terms,
    () => counts.handled++,
    () => answer,
  )
  server.on('request', () => counts.received++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return (question) => {
    if (question !== 'usage') answer = question
    const { user, system } = process.cpuUsage()
    return { port, ...counts, cpuMicroseconds: user + system }
  }
})
