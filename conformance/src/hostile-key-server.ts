import { createServer } from 'node:http'
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { listen } from '@claimcheck/testing/contract/running-app'
import type { RunningApp } from '@claimcheck/testing/contract/running-app'

/** How a key server handles a request. It may send no response. */
export type Behaviour = (response: ServerResponse, request: IncomingMessage) => void

/**
 * A key server on localhost with a configurable behaviour for each path, which counts its connections and requests.
 * Without a behaviour it is a canary that must never receive a request.
 */
export class HostileKeyServer {
  /** The number of connections. */
  connections = 0
  /** The requested paths, in order. */
  readonly requests: string[] = []
  readonly #behaviours = new Map<string, Behaviour>()
  readonly #open = new Set<Socket>()
  #running: RunningApp | null = null

  static async start(): Promise<HostileKeyServer> {
    const keyServer = new HostileKeyServer()
    const server = createServer((request, response) => keyServer.#respond(request, response))
    server.on('connection', (socket) => keyServer.#count(socket))
    keyServer.#running = await listen(server)
    return keyServer
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#running?.port}`
  }

  /** The number of open connections. */
  get openConnections(): number {
    return this.#open.size
  }

  /** Sets the behaviour for a path, and returns its URL. Other paths respond with 404. */
  at(path: string, behaviour: Behaviour): string {
    this.#behaviours.set(path, behaviour)
    return this.origin + path
  }

  requestsTo(path: string): number {
    return this.requests.filter((requested) => requested === path).length
  }

  async close(): Promise<void> {
    await this.#running?.close()
  }

  #respond: RequestListener = (request, response) => {
    const path = request.url ?? ''
    this.requests.push(path)
    const behaviour = this.#behaviours.get(path)
    if (behaviour === undefined) response.writeHead(404).end('not here')
    else behaviour(response, request)
  }

  #count(socket: Socket): void {
    this.connections += 1
    this.#open.add(socket)
    socket.on('close', () => this.#open.delete(socket))
    // Aborted connections are expected.
    socket.on('error', () => undefined)
  }
}

/** A valid response. */
export function json(document: unknown, headers: OutgoingHttpHeaders = {}): Behaviour {
  return text(JSON.stringify(document), { 'content-type': 'application/json', ...headers })
}

/** A 200 with any body. */
export function text(body: string | Uint8Array, headers: OutgoingHttpHeaders = {}): Behaviour {
  return (response) => response.writeHead(200, headers).end(body)
}

export function status(code: number, headers: OutgoingHttpHeaders = {}): Behaviour {
  return (response) => response.writeHead(code, headers).end('not JSON')
}

/** A redirect whose body would be a valid key set. */
export function redirect(code: number, location: string, document: unknown): Behaviour {
  return (response) => response.writeHead(code, { location }).end(JSON.stringify(document))
}

const compressions = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const

/** The compressed text. A long run of spaces compresses to almost nothing. */
export function compressed(encoding: keyof typeof compressions, body: string): Behaviour {
  return text(compressions[encoding](body), { 'content-encoding': encoding })
}

/** The JSON of a document, padded to this length with spaces. */
export function padded(document: unknown, bytes: number): string {
  const body = JSON.stringify(document)
  return `{${' '.repeat(bytes - Buffer.byteLength(body))}${body.slice(1)}`
}

/** Never responds. */
export function silence(): Behaviour {
  return () => undefined
}

/** Stops in the middle of the body and keeps the connection open. */
export function halfBody(document: unknown): Behaviour {
  const body = JSON.stringify(document)
  return (response) => {
    response.writeHead(200, { 'content-length': body.length })
    response.write(body.slice(0, body.length / 2))
  }
}

/** Closes the connection in the middle of the body. */
export function brokenBody(document: unknown): Behaviour {
  const body = JSON.stringify(document)
  return raw(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, -1)}`)
}

/** Closes the connection without a response. */
export function hangUp(): Behaviour {
  return (response) => response.socket?.destroy()
}

/** Writes these bytes, which need not be HTTP, and closes the connection. */
export function raw(bytes: string): Behaviour {
  return (response) => response.socket?.end(bytes)
}

/** Writes the head and then repeats the chunk as long as the client reads. */
export function endless(head: string, chunk: string): Behaviour {
  return (response) => {
    if (response.socket === null) return
    response.socket.write(head)
    pour(response.socket, chunk)
  }
}

function pour(socket: Socket, chunk: string): void {
  while (!socket.destroyed && socket.write(chunk));
  socket.once('drain', () => pour(socket, chunk))
}
