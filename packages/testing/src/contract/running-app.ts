import { once } from 'node:events'
import { Server } from 'node:http'
import type { AppSpec } from './app-spec.ts'

/** A server that listens on a free port of the loopback. */
export interface RunningApp {
  readonly server: Server
  readonly port: number
  close(): Promise<void>
}

/**
 * Builds the server that a spec tells of, in one framework with one adapter: a server of node:http, which is listened
 * with and closed here, or one that listens already and knows how to close. Rejects where the adapter refuses to start.
 */
export type CreateServer = (app: AppSpec) => Server | RunningApp | Promise<Server | RunningApp>

/** Starts a server for a spec. */
export async function startApp(createServer: CreateServer, app: AppSpec): Promise<RunningApp> {
  const created = await createServer(app)
  return created instanceof Server ? listen(created) : created
}

/** Listens with a server on a free port of the loopback. */
export async function listen(server: Server): Promise<RunningApp> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return running(server)
}

/** A server that listens already; a framework that closes it in a way of its own says so. */
export function running(server: Server, closeApp?: () => Promise<unknown>): RunningApp {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server does not listen on a port')
  const close = async () => {
    const closed = once(server, 'close')
    if (closeApp === undefined) server.close()
    server.closeAllConnections()
    await Promise.all([closed, closeApp?.()])
  }
  return { server, port: address.port, close }
}
