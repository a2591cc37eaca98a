import type { Server } from 'node:http'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** How long a polluted server may take to respond. */
const timeoutMilliseconds = 2000

/**
 * One connection to a server, on which requests are sent one after another. It reads no options that pollution could
 * change.
 */
export class Wire {
  readonly #port: number
  #socket: Socket | null = null

  constructor(server: Server) {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('The server does not listen on a port')
    this.#port = address.port
  }

  /** Opens the connection before the pollution. */
  async open(): Promise<void> {
    if (this.#socket !== null && !this.#socket.destroyed) return
    const socket = connect(this.#port, '127.0.0.1')
    socket.on('error', () => undefined)
    await new Promise((resolve) => socket.on('connect', resolve))
    this.#socket = socket
  }

  /** Returns the response without its date, or why there is none. */
  async send(head: string): Promise<string> {
    const socket = this.#socket
    if (socket === null || socket.destroyed) return 'no connection'
    return new Promise((resolve) => {
      let text = ''
      const finish = (response: string) => {
        clearTimeout(timer)
        socket.removeAllListeners('data')
        socket.removeAllListeners('close')
        resolve(response.replace(/^date:.*\r\n/im, ''))
      }
      const timer = setTimeout(() => {
        socket.destroy()
        finish('no response in time')
      }, timeoutMilliseconds)
      socket.on('close', () => finish(`closed after ${text}`))
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1')
        if (isComplete(text)) finish(text)
      })
      socket.write(head)
    })
  }

  close(): void {
    this.#socket?.destroy()
  }
}

function isComplete(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return false
  const [, length] = /^content-length: (\d+)\r$/im.exec(text.slice(0, end + 2)) ?? []
  if (length !== undefined) return text.length >= end + 4 + Number(length)
  return text.endsWith('0\r\n\r\n')
}
