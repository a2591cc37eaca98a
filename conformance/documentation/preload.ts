// Comes before a block of the documentation, by `node --import`: it keeps the block off the network, and tells the
// parent process of the ports on which it listens.
import { Server, Socket } from 'node:net'
import { answerHttps } from './https-in-memory.ts'
import { answerAsIssuer } from './in-memory-issuer.ts'

const loopback = /^(localhost|127\.[\d.]+|\[?::1\]?)$/
const jwkSet = process.env['DOCUMENTATION_JWK_SET'] ?? ''
const realFetch = globalThis.fetch

globalThis.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input)
  return loopback.test(url.hostname) ? realFetch(input, init) : answerAsIssuer(url, jwkSet)
}

answerHttps((url) => answerAsIssuer(url, jwkSet))

Socket.prototype.connect = new Proxy(Socket.prototype.connect, {
  apply(connect, socket: Socket, given: unknown[]) {
    const host = hostOf(given)
    if (!loopback.test(host)) throw new Error(`A block of the documentation called ${host}, past fetch`)
    return Reflect.apply(connect, socket, given) as unknown
  },
})

Server.prototype.listen = new Proxy(Server.prototype.listen, {
  apply(listen, server: Server, given: unknown[]) {
    server.once('listening', () => {
      const address = server.address()
      if (address !== null && typeof address === 'object') process.send?.({ port: address.port })
    })
    return Reflect.apply(listen, server, given) as unknown
  },
})

// Whoever waits for this process may be gone; that must neither keep it alive nor leave it behind.
process.once('disconnect', () => process.exit())
process.channel?.unref()

/** Of `connect(options)`, as node:net itself calls it, in an array, and of `connect(port, host)`. */
function hostOf(given: unknown[]): string {
  const [target, host] = given.flat()
  if (typeof target === 'object' && target !== null) return 'host' in target ? String(target.host) : 'localhost'
  return typeof host === 'string' ? host : 'localhost'
}
