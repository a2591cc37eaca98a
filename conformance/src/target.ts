import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AppSpec } from './app-spec.ts'

/** A server that listens on a free port of the loopback. */
export interface RunningApp {
  readonly server: Server
  readonly port: number
  close(): Promise<void>
}

/** An adapter in its framework, under the name that its tests bear. */
export interface Target {
  readonly name: string
  /** Whether two `jwtAuth` may stand in one way of a request; where they may not, the start is refused. */
  readonly stacks: boolean
  /** Whether a guard asks by itself; a policy that is data on a route is only read by the `jwtAuth` in front of it. */
  readonly guardsAlone: boolean
  /** Rejects where the adapter refuses to start. */
  start(app: AppSpec): Promise<RunningApp>
}

/** A server for an application, with the limits that are Node's to set. */
export function serverOf(listener: RequestListener, { maxHeaderBytes }: AppSpec): Server {
  return createServer(maxHeaderBytes === undefined ? {} : { maxHeaderSize: maxHeaderBytes }, listener)
}

/** Listens with a server, and gives what a target's `start` must. */
export async function listen(server: Server): Promise<RunningApp> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return running(server)
}

/** A server that listens already. */
export function running(server: Server): RunningApp {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server does not listen on a port')
  const close = async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  return { server, port: address.port, close }
}
