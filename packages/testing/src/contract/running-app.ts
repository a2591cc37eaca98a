import { once } from 'node:events'
import { Server } from 'node:http'
import type { AppSpec } from './app-spec.ts'

/** A server that listens on a free port of 127.0.0.1. */
export interface RunningApp {
  readonly server: Server
  readonly port: number
  close(): Promise<void>
}

/**
 * Creates the server for a spec, with one framework and its adapter. Returns an HTTP server that does not listen yet, or a
 * RunningApp. Throws or rejects if the adapter does not start.
 */
export type CreateServer = (app: AppSpec) => Server | RunningApp | Promise<Server | RunningApp>

/** Starts a server for a spec. */
export async function startApp(createServer: CreateServer, app: AppSpec): Promise<RunningApp> {
  const created = await createServer(app)
  return created instanceof Server ? listen(created) : created
}

/** Starts a server on a free port of 127.0.0.1. */
export async function listen(server: Server): Promise<RunningApp> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return running(server)
}

/** Wraps a server that already listens. `closeApp` closes it if the framework has its own way to do so. */
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
