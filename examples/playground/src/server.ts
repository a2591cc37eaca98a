import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'

/** The playground logs in anyone without a password, so only local clients can connect. */
export const host = '127.0.0.1'

/** A server of any framework that can be started and stopped. */
export interface Server {
  readonly name: string
  /** Returns the URL; port 0 uses any free port. */
  listen(port: number): Promise<string>
  close(): Promise<void>
}

/** One of the APIs: the name of its framework and its URL. */
export interface Api {
  readonly name: string
  readonly url: string
}

/** The ports cannot be used. The message says what to do. */
export class PortsError extends Error {
  override readonly name = 'PortsError'
}

/** Creates a server for a request listener, such as an Express or Koa app. */
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

/** Starts all servers on consecutive ports and returns their URLs. If one fails, stops all and throws a PortsError. */
export async function listenAll(servers: readonly Server[], firstPort: number): Promise<readonly string[]> {
  const portOf = (index: number) => (firstPort === 0 ? 0 : firstPort + index)
  const outcomes = await Promise.allSettled(servers.map((server, index) => server.listen(portOf(index))))
  const urls = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  if (urls.length === servers.length) return urls
  await closeAll(servers)
  const failures = outcomes.flatMap((outcome, index) => {
    return outcome.status === 'rejected' ? [{ port: portOf(index), reason: outcome.reason as unknown }] : []
  })
  const bug = failures.find(({ reason }) => describeFailure(reason) === null)
  throw bug === undefined ? createPortsError(firstPort, failures) : bug.reason
}

export async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => server.close()))
}

interface Failure {
  readonly port: number
  readonly reason: unknown
}

function createPortsError(first: number, failures: readonly Failure[]): PortsError {
  const problems = failures.map(({ port, reason }) => `Port ${port} ${describeFailure(reason)}.`).join(' ')
  return new PortsError(
    `${problems} The playground needs four ports, ${first} to ${first + 3}.\n` +
      `Set PORT to use others:\n\n  PORT=${first === 5000 ? 7000 : 5000} npm start`,
  )
}

function describeFailure(reason: unknown): string | null {
  const code = reason instanceof Error && 'code' in reason ? reason.code : undefined
  if (code === 'EADDRINUSE') return 'is in use'
  return code === 'EACCES' ? 'needs more permissions' : null
}
