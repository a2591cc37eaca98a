import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'

/** A server that nobody has a reason to connect to. It hangs up at once, so that whoever comes twice connects twice. */
export class Canary {
  connections = 0
  readonly port: number
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (socket) => {
      this.connections += 1
      socket.on('error', () => undefined)
      socket.destroy()
    })
  }

  static async start(): Promise<Canary> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Canary(server)
  }

  async close(): Promise<void> {
    this.#server.close()
    await once(this.#server, 'close')
  }
}
