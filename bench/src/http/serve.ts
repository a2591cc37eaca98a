// Runs in its own process: one contender's server on localhost, which counts its requests and its processor time.
import type { AddressInfo } from 'node:net'
import { handleCommands } from '../lib/child-process.ts'
import type { HttpTerms, ServerFramework, StaticResponse } from './contender.ts'
import { findContender } from './contenders.ts'

export interface Setup {
  readonly framework: ServerFramework
  readonly contender: string
  readonly terms: HttpTerms
}

/** The port, and the counts since the server started. */
export interface Usage {
  readonly port: number
  readonly received: number
  /** The requests that reached the route. */
  readonly handled: number
  readonly cpuMicroseconds: number
}

/** Returns the usage; or first sets the response of a server that does not read requests. */
export type Command = 'usage' | StaticResponse

handleCommands<Setup, Command, Usage>(async ({ framework, contender, terms }) => {
  const counts = { received: 0, handled: 0 }
  let response: StaticResponse = { status: 501, headers: {}, body: '' }
  const createServer = await findContender(framework, contender)
  const server = await createServer(
    terms,
    () => counts.handled++,
    () => response,
  )
  server.on('request', () => counts.received++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return (command) => {
    if (command !== 'usage') response = command
    const { user, system } = process.cpuUsage()
    return { port, ...counts, cpuMicroseconds: user + system }
  }
})
