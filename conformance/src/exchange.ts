import { connect } from 'node:net'

/** Sends bytes on a new connection, and returns everything that the server sends until it closes the connection. */
export async function exchange(port: number, bytes: Uint8Array): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  // A server that closes the connection before it has read everything resets it, but its response has arrived.
  socket.on('error', () => undefined)
  socket.write(bytes)
  await new Promise((resolve) => socket.once('close', resolve))
  return Buffer.concat(chunks)
}
