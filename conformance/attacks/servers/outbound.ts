import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Socket } from 'node:net'

/** Notes to which addresses this process tries to connect, whoever does it. */
export class Outbound {
  readonly addresses: string[] = []

  constructor() {
    subscribe('net.client.socket', this.#watch)
  }

  stop(): void {
    unsubscribe('net.client.socket', this.#watch)
  }

  readonly #watch = (message: unknown): void => {
    const socket = (message as { readonly socket?: unknown }).socket
    if (!(socket instanceof Socket)) return
    socket.on('connectionAttempt', (ip: string, port: number) => this.addresses.push(`${ip}:${port}`))
  }
}
