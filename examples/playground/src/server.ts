import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'

/** The playground is for this machine alone. */
export const host = '127.0.0.1'

/** A server that can be started on a port and stopped, of whatever framework. */
export interface Server {
  readonly name: string
  /** Gives the address to call; port 0 takes any that is free. */
  listen(port: number): Promise<string>
  close(): Promise<void>
}

/** Ports that are not to be had; the message says what to do. */
export class PortsError extends Error {
  override readonly name = 'PortsError'
}

/** Serves by Node's own server what Express, Koa and the login are to it: a listener for requests. */
export function nodeServer(name: string, listener: RequestListener): Server {
  const server = createServer(listener)
  return {
    name,
    async listen(port) {
      server.listen(port, host)
      await once(server, 'listening')
      const address = server.address()
      return `http://${host}:${typeof address === 'object' && address !== null ? address.port : port}`
    },
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Starts all servers, on ports that follow each other, or none: gives their addresses, or a PortsError. */
export async function listenAll(servers: readonly Server[], firstPort: number): Promise<readonly string[]> {
  const portOf = (index: number) => (firstPort === 0 ? 0 : firstPort + index)
  const outcomes = await Promise.allSettled(servers.map((server, index) => server.listen(portOf(index))))
  const urls = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  if (urls.length === servers.length) return urls
  await closeAll(servers)
  const failed = outcomes.flatMap((outcome, index) => {
    return outcome.status === 'rejected' ? [{ port: portOf(index), reason: outcome.reason as unknown }] : []
  })
  const bug = failed.find(({ reason }) => portFault(reason) === null)
  throw bug === undefined ? portsError(firstPort, failed) : bug.reason
}

export async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => server.close()))
}

interface Failure {
  readonly port: number
  readonly reason: unknown
}

function portsError(first: number, failed: readonly Failure[]): PortsError {
  const which = failed.map(({ port, reason }) => `Port ${port} is ${portFault(reason)}.`).join(' ')
  return new PortsError(
    `${which} The playground needs four ports, here ${first} to ${first + 3}.\n` +
      `PORT= names the first of four others:\n\n  PORT=${first === 5000 ? 7000 : 5000} npm start`,
  )
}

function portFault(reason: unknown): string | null {
  const code = reason instanceof Error && 'code' in reason ? reason.code : undefined
  if (code === 'EADDRINUSE') return 'taken'
  return code === 'EACCES' ? 'not yours to take' : null
}
