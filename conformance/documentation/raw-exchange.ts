import { connect } from 'node:net'

/** The bytes that are sent on one connection. */
export interface Exchange {
  readonly bytes: string | Buffer
  /** Sent after the server has switched to another protocol. */
  readonly afterUpgrade?: Buffer
  /** Resets the connection without waiting for a response. */
  readonly leaves?: boolean
}

/** The part of a response that arrived. */
export interface RawResponse {
  readonly status: number
  readonly head: string
  readonly body: string
}

const deadlineMilliseconds = 10_000
const resetAfterMilliseconds = 5

/**
 * Sends bytes to a server on localhost, and returns its response, or null if the connection ended without one. Rejects
 * after a timeout.
 */
export async function exchange(port: number, { bytes, afterUpgrade, leaves }: Exchange): Promise<RawResponse | null> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let received = ''
  return new Promise((resolve, reject) => {
    const finish = () => {
      clearTimeout(deadline)
      socket.destroy()
      resolve(parse(received))
    }
    const deadline = setTimeout(() => {
      socket.destroy()
      reject(new Error(`no response in ${deadlineMilliseconds} ms`))
    }, deadlineMilliseconds)
    socket.on('connect', () => {
      socket.write(bytes)
      if (leaves === true) setTimeout(() => socket.resetAndDestroy(), resetAfterMilliseconds)
    })
    // A server may reject a long request before it was sent completely, and close the connection.
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      const isFirst = received === ''
      received += chunk.toString('latin1')
      const isUpgraded = received.startsWith('HTTP/1.1 101')
      if (isFirst && isUpgraded && afterUpgrade !== undefined) socket.write(afterUpgrade)
      if (isUpgraded ? afterUpgrade === undefined : isComplete(received)) finish()
    })
    socket.on('close', finish)
  })
}

function parse(received: string): RawResponse | null {
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(received) ?? []
  if (status === undefined) return null
  const [head = '', ...rest] = received.split('\r\n\r\n')
  return { status: Number(status), head: head.toLowerCase(), body: rest.join('\r\n\r\n') }
}

function isComplete(received: string): boolean {
  const response = parse(received)
  if (response === null || !received.includes('\r\n\r\n')) return false
  const { status, head, body } = response
  if (status === 204 || status === 304) return true
  const [, length] = /\r\ncontent-length: *(\d+)/.exec(head) ?? []
  if (length !== undefined) return body.length >= Number(length)
  return /\r\ntransfer-encoding: *chunked/.test(head) && body.endsWith('0\r\n\r\n')
}
