// Loaded before a block of the documentation with `node --import`. It keeps the block off the network, and reports the
// ports on which the block listens to the parent process.
import { Server, Socket } from 'node:net'
import http from 'node:http'
import type { ClientRequest, RequestListener, RequestOptions } from 'node:http'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import { duplexPair } from 'node:stream'

const loopback = /^(localhost|127\.[\d.]+|\[?::1\]?)$/
const jwkSet = process.env['DOCUMENTATION_JWK_SET'] ?? ''
const realFetch = globalThis.fetch

globalThis.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input)
  return loopback.test(url.hostname) ? realFetch(input, init) : respondAsIssuer(url)
}

respondToHttps((url) => respondAsIssuer(url))

Socket.prototype.connect = new Proxy(Socket.prototype.connect, {
  apply(connect, socket: Socket, args: unknown[]) {
    const host = hostOf(args)
    if (!loopback.test(host)) throw new Error(`A block of the documentation called ${host}, past fetch`)
    return Reflect.apply(connect, socket, args) as unknown
  },
})

Server.prototype.listen = new Proxy(Server.prototype.listen, {
  apply(listen, server: Server, args: unknown[]) {
    server.once('listening', () => {
      const address = server.address()
      if (address !== null && typeof address === 'object') process.send?.({ port: address.port })
    })
    return Reflect.apply(listen, server, args) as unknown
  },
})

// If the parent process exits, this process must exit too, and the channel alone must not keep it alive.
process.once('disconnect', () => process.exit())
process.channel?.unref()

/** The host of `connect(options)`, which node:net itself calls with an array, and of `connect(port, host)`. */
function hostOf(args: unknown[]): string {
  const [target, host] = args.flat()
  if (typeof target === 'object' && target !== null) return 'host' in target ? String(target.host) : 'localhost'
  return typeof host === 'string' ? host : 'localhost'
}

/** Handles the requests of node:https, for packages that do not use fetch, without a network. */
function respondToHttps(respond: (url: URL) => Response): void {
  const listener: RequestListener = (request, response) => {
    const result = respond(new URL(request.url ?? '/', `https://${request.headers.host}`))
    void result.text().then((body) => response.writeHead(result.status, [...result.headers].flat()).end(body))
  }
  const server = http.createServer(listener)
  const request = (...args: readonly unknown[]): ClientRequest => {
    const [ours, theirs] = duplexPair()
    server.emit('connection', theirs)
    const options = {
      ...readOptions(args),
      agent: undefined,
      defaultPort: 80,
      protocol: 'http:',
      createConnection: () => ours,
    }
    const sent = http.request(options)
    const callback = args.find((part) => typeof part === 'function')
    if (callback !== undefined) sent.once('response', callback as (...args: unknown[]) => void)
    return sent
  }
  const get = (...args: readonly unknown[]) => request(...args).end()
  Object.assign(https, { request, get })
  syncBuiltinESMExports()
}

/** The options of `request(options)`, `request(url)` and `request(url, options)`, with or without a callback. */
function readOptions([target, options]: readonly unknown[]): RequestOptions {
  const isUrl = typeof target === 'string' || target instanceof URL
  if (!isUrl) return target as RequestOptions
  const { hostname, pathname, search } = new URL(target)
  return { ...(typeof options === 'object' ? options : {}), hostname, path: `${pathname}${search}` }
}

/**
 * Responds like the issuers of the samples: with metadata for the well-known URLs (OpenID Connect Discovery 1.0, RFC
 * 8414), and with the same JWK Set for every other URL.
 */
function respondAsIssuer({ origin, pathname }: URL): Response {
  const [, openidPath] = /^(.*)\/\.well-known\/openid-configuration$/.exec(pathname) ?? []
  const [, oauthPath] = /^\/\.well-known\/oauth-authorization-server(.*)$/.exec(pathname) ?? []
  const path = openidPath ?? oauthPath
  const issuer = `${origin}${path ?? ''}`
  const body = path === undefined ? jwkSet : JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks` })
  return new Response(body, { headers: { 'content-type': 'application/json', 'cache-control': 'max-age=600' } })
}
