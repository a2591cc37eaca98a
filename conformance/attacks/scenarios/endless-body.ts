import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Behaviour } from '../../providers/hostile-key-server.ts'

const chunk = ' '.repeat(64 * 1024)

/** A JWK Set behind so many blanks that nobody should read it to its end, and how much of it was sent. */
export class EndlessBody {
  bytesSent = 0
  isOver = false
  readonly #text: string
  readonly #bytes: number

  constructor(set: unknown, bytes: number) {
    this.#text = JSON.stringify(set).slice(1)
    this.#bytes = bytes
  }

  /** Without a length it goes in chunks; with one that is too short, the bytes go on all the same. */
  behaviour(head: OutgoingHttpHeaders): Behaviour {
    return (response) => {
      response.on('close', () => (this.isOver = true))
      const length = head['content-length']
      if (length !== undefined && length !== this.#bytes) {
        // Node would keep to the length that was announced.
        response.socket?.write(`HTTP/1.1 200 OK\r\nContent-Length: ${String(length)}\r\n\r\n{`)
        this.#pour(response)
        return
      }
      response.writeHead(200, head).write('{')
      this.#pour(response)
    }
  }

  #pour(response: ServerResponse): void {
    const { socket } = response
    if (socket === null || socket.destroyed) return
    const isRaw = !response.headersSent
    while (this.bytesSent < this.#bytes) {
      this.bytesSent += chunk.length
      const isReady = isRaw ? socket.write(chunk) : response.write(chunk)
      if (isReady) continue
      socket.once('drain', () => this.#pour(response))
      return
    }
    if (isRaw) socket.end(this.#text)
    else response.end(this.#text)
  }
}
