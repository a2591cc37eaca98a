import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { listen } from '@claimcheck/testing/contract/running-app'
import type { RunningApp } from '@claimcheck/testing/contract/running-app'

/** What a key server does with a request; it need not be an answer. */
export type Behaviour = (response: ServerResponse, request: IncomingMessage) => void

/**
 * A key server on a free port of the loopback that does to each path what it is told to, and counts who comes. One that
 * is told nothing is a canary: whatever is set against it should leave its counters at zero.
 */
export class HostileKeyServer {
  /** How often anybody connected, for whatever. */
  connections = 0
  /** The paths that were asked for, in their order. */
  readonly asked: string[] = []
  readonly #behaviours = new Map<string, Behaviour>()
  readonly #open = new Set<Socket>()
  #running: RunningApp | null = null

  static async start(): Promise<HostileKeyServer> {
    const keyServer = new HostileKeyServer()
    const server = createServer((request, response) => keyServer.#answer(request, response))
    server.on('connection', (socket) => keyServer.#count(socket))
    keyServer.#running = await listen(server)
    return keyServer
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#running?.port}`
  }

  /** Connections that nobody has closed yet. */
  get openConnections(): number {
    return this.#open.size
  }

  /** Behaves like that at a path from now on, and gives its URL; other paths answer 404. */
  at(path: string, behaviour: Behaviour): string {
    this.#behaviours.set(path, behaviour)
    return this.origin + path
  }

  timesAsked(path: string): number {
    return this.asked.filter((asked) => asked === path).length
  }

  async close(): Promise<void> {
    await this.#running?.close()
  }

  #answer: RequestListener = (request, response) => {
    const path = request.url ?? ''
    this.asked.push(path)
    const behaviour = this.#behaviours.get(path)
    if (behaviour === undefined) response.writeHead(404).end('not here')
    else behaviour(response, request)
  }

  #count(socket: Socket): void {
    this.connections += 1
    this.#open.add(socket)
    socket.on('close', () => this.#open.delete(socket))
    // It hangs up and is hung up on: both are its trade.
    socket.on('error', () => undefined)
  }
}
