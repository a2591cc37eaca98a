import { connect } from 'node:net'

/** Sends bytes on a connection of its own, and gives all that comes back until the server closes it. */
export async function exchange(port: number, bytes: Uint8Array): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  // A server that closes before it has read everything resets the connection; its answer is there all the same.
  socket.on('error', () => undefined)
  socket.write(bytes)
  await new Promise((resolve) => socket.once('close', resolve))
  return Buffer.concat(chunks)
}
