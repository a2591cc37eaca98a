import { once } from 'node:events'
import { createConnection, createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { join } from 'node:path'
import type { RedisServer } from './redis-server.ts'

/** A network between a process and Redis that can be cut. What is sent then is lost, and no connection is closed. */
export class DroppingProxy {
  readonly path: string
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isCut = false
  #refusal: string | null = null
  #connections = 0

  private constructor(redis: RedisServer, name: string) {
    this.path = join(redis.folder, name)
    this.#server = createServer((near) => {
      this.#connections += 1
      if (this.#refusal !== null) return this.#refuse(near, this.#refusal)
      const far = createConnection(redis.socket)
      this.#pass(near, far)
      this.#pass(far, near)
    })
  }

  static async start(redis: RedisServer, name = 'proxy'): Promise<DroppingProxy> {
    const proxy = new DroppingProxy(redis, name)
    proxy.#server.listen(proxy.path)
    await once(proxy.#server, 'listening')
    return proxy
  }

  get address(): { readonly socket: { readonly path: string; readonly tls: false } } {
    return { socket: { path: this.path, tls: false } }
  }

  cut(): void {
    this.#isCut = true
  }

  /** Lets new connections pass again. Connections that lost data stay dead, as after a real network failure. */
  mend(): void {
    this.#isCut = false
  }

  /** The number of connections that have been opened. */
  get connections(): number {
    return this.#connections
  }

  /** Sends this error in response to every command of a new connection, like a Redis that cannot serve; null turns that off. */
  refuse(error: string | null): void {
    this.#refusal = error
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #refuse(near: Socket, error: string): void {
    this.#sockets.add(near)
    near.on('data', () => near.write(`-${error}\r\n`))
    near.on('error', () => undefined)
    near.on('close', () => this.#sockets.delete(near))
  }

  #pass(from: Socket, to: Socket): void {
    let isDead = false
    this.#sockets.add(from)
    from.on('data', (bytes) => {
      isDead ||= this.#isCut
      if (!isDead) to.write(bytes)
    })
    from.on('error', () => undefined)
    from.on('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
  }
}
