import type { OutgoingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { Behaviour } from './hostile-key-server.ts'

/** A good answer. */
export function json(document: unknown, headers: OutgoingHttpHeaders = {}): Behaviour {
  return text(JSON.stringify(document), { 'content-type': 'application/json', ...headers })
}

/** A 200 with this body, whatever it is. */
export function text(body: string | Uint8Array, headers: OutgoingHttpHeaders = {}): Behaviour {
  return (response) => response.writeHead(200, headers).end(body)
}

export function status(code: number, headers: OutgoingHttpHeaders = {}): Behaviour {
  return (response) => response.writeHead(code, headers).end('an answer that is no JSON')
}

/** A redirect whose own body would do, were it taken. */
export function redirect(code: number, location: string, document: unknown): Behaviour {
  return (response) => response.writeHead(code, { location }).end(JSON.stringify(document))
}

const compressions = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const

/** The text, compressed: a long run of blanks becomes next to nothing on the wire. */
export function compressed(encoding: keyof typeof compressions, body: string): Behaviour {
  return text(compressions[encoding](body), { 'content-encoding': encoding })
}

/** The text of a document, made that long by blanks between two of its tokens. */
export function padded(document: unknown, bytes: number): string {
  const body = JSON.stringify(document)
  return `{${' '.repeat(bytes - Buffer.byteLength(body))}${body.slice(1)}`
}

/** Takes the request, and never answers. */
export function silence(): Behaviour {
  return () => undefined
}

/** Stops in the middle of the body, and holds the connection. */
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

/** Closes the connection before an answer. */
export function hangUp(): Behaviour {
  return (response) => response.socket?.destroy()
}

/** Writes these bytes and closes the connection: nobody sees to it that they are HTTP. */
export function raw(bytes: string): Behaviour {
  return (response) => response.socket?.end(bytes)
}

/** Writes the head, and then the chunk over and over, for as long as anybody listens. */
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
