import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { parseAnswer } from './answer.ts'
import type { Answer, HeaderLine } from './answer.ts'

/** A request, written to the wire as it stands here: nothing is added but `Host` and the length of a body. */
export interface RawRequest {
  readonly method?: string
  readonly path?: string
  readonly headers?: readonly HeaderLine[]
  readonly body?: string | Uint8Array
}

/** One connection to a server on the loopback, and what it answers, byte for byte. */
export class RawConnection {
  readonly #socket: Socket
  readonly #chunks: AsyncIterator<unknown>
  #received: Buffer = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#chunks = socket[Symbol.asyncIterator]()
    // Whoever waits for an answer is told by the iterator; nobody else need know.
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

  /** The next answer, to a request of that method; interim ones are passed over. */
  async answer(method = 'GET'): Promise<Answer> {
    for (;;) {
      const parsed = parseAnswer(this.#received, method)
      if (parsed !== null) {
        this.#received = this.#received.subarray(parsed.length)
        if (parsed.answer.status >= 200 || parsed.answer.status === 101) return parsed.answer
      } else {
        await this.#receive()
      }
    }
  }

  /** The next bytes behind an answer, as text: what an upgrade leads to. */
  async text(length: number): Promise<string> {
    while (this.#received.length < length) await this.#receive()
    const text = this.#received.toString('latin1', 0, length)
    this.#received = this.#received.subarray(length)
    return text
  }

  /** Sends a request and waits for its answer. */
  async ask(request: RawRequest): Promise<Answer> {
    this.send(requestHead(request))
    if (request.body !== undefined) this.send(request.body)
    return this.answer(request.method)
  }

  /** Breaks the connection off, as a client that goes away. */
  destroy(): void {
    this.#socket.destroy()
  }

  async #receive(): Promise<void> {
    const { value, done } = await this.#chunks.next()
    if (done === true || !(value instanceof Buffer)) throw new Error('The connection ended before the answer')
    this.#received = Buffer.concat([this.#received, value])
  }
}

/** Sends one request on a connection of its own. */
export async function ask(port: number, request: RawRequest = {}): Promise<Answer> {
  const connection = await RawConnection.open(port)
  try {
    return await connection.ask(request)
  } finally {
    connection.destroy()
  }
}

/** The text of a request up to its body. */
export function requestHead({ method = 'GET', path = '/', headers = [], body }: RawRequest): string {
  const length = body === undefined ? [] : [['Content-Length', String(Buffer.byteLength(body, 'latin1'))] as const]
  const lines = [['Host', '127.0.0.1'] as const, ...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}
