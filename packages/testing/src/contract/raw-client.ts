import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { parseResponse } from './response.ts'
import type { HttpResponse, HeaderLine } from './response.ts'

/** An HTTP request that is sent exactly like this. Only `Host` and the length of the body are added. */
export interface RawRequest {
  readonly method?: string
  readonly path?: string
  readonly headers?: readonly HeaderLine[]
  readonly body?: string | Uint8Array
}

/** A TCP connection to a server on 127.0.0.1, with access to every byte of the responses. */
export class RawConnection {
  readonly #socket: Socket
  readonly #chunks: AsyncIterator<unknown>
  #received: Buffer = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#chunks = socket[Symbol.asyncIterator]()
    // The iterator reports errors to the reader. Without a listener, an error would end the process.
    socket.on('error', () => undefined)
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new RawConnection(socket)
  }

  send(bytes: string | Uint8Array): void {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** Reads the next response; `method` is that of the request. Skips interim responses. */
  async readResponse(method = 'GET'): Promise<HttpResponse> {
    for (;;) {
      const parsed = parseResponse(this.#received, method)
      if (parsed !== null) {
        this.#received = this.#received.subarray(parsed.length)
        if (parsed.response.status >= 200 || parsed.response.status === 101) return parsed.response
      } else {
        await this.#receive()
      }
    }
  }

  /** Reads the next bytes after a response as text, such as those after an upgrade. */
  async text(length: number): Promise<string> {
    while (this.#received.length < length) await this.#receive()
    const text = this.#received.toString('latin1', 0, length)
    this.#received = this.#received.subarray(length)
    return text
  }

  /** Sends a request and reads its response. */
  async sendRequest(request: RawRequest): Promise<HttpResponse> {
    this.send(requestHead(request))
    if (request.body !== undefined) this.send(request.body)
    return this.readResponse(request.method)
  }

  /** Closes the connection immediately, like a client that aborts its request. */
  destroy(): void {
    this.#socket.destroy()
  }

  async #receive(): Promise<void> {
    const { value, done } = await this.#chunks.next()
    if (done === true || !(value instanceof Buffer))
      throw new Error('The connection ended before the response was complete')
    this.#received = Buffer.concat([this.#received, value])
  }
}

/** Sends one request on a new connection. */
export async function sendRequest(port: number, request: RawRequest = {}): Promise<HttpResponse> {
  const connection = await RawConnection.open(port)
  try {
    return await connection.sendRequest(request)
  } finally {
    connection.destroy()
  }
}

/** Formats a request without its body. */
export function requestHead({ method = 'GET', path = '/', headers = [], body }: RawRequest): string {
  const length = body === undefined ? [] : [['Content-Length', String(Buffer.byteLength(body, 'latin1'))] as const]
  const lines = [['Host', '127.0.0.1'] as const, ...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}
