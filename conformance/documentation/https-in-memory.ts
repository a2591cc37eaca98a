import http from 'node:http'
import type { ClientRequest, RequestListener, RequestOptions } from 'node:http'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import { duplexPair } from 'node:stream'

/** Answers what is asked by node:https, as packages do that know no fetch; nothing of it goes over a network. */
export function answerHttps(answer: (url: URL) => Response): void {
  const listener: RequestListener = (request, response) => {
    const answered = answer(new URL(request.url ?? '/', `https://${request.headers.host}`))
    void answered.text().then((body) => response.writeHead(answered.status, [...answered.headers].flat()).end(body))
  }
  const server = http.createServer(listener)
  const request = (...given: readonly unknown[]): ClientRequest => {
    const [ours, theirs] = duplexPair()
    server.emit('connection', theirs)
    const options = {
      ...readOptions(given),
      agent: undefined,
      defaultPort: 80,
      protocol: 'http:',
      createConnection: () => ours,
    }
    const asked = http.request(options)
    const callback = given.find((part) => typeof part === 'function')
    if (callback !== undefined) asked.once('response', callback as (...answered: unknown[]) => void)
    return asked
  }
  const get = (...given: readonly unknown[]) => request(...given).end()
  Object.assign(https, { request, get })
  syncBuiltinESMExports()
}

/** Of `request(options)`, `request(url)` and `request(url, options)`, with a callback behind it or without. */
function readOptions([target, options]: readonly unknown[]): RequestOptions {
  const isUrl = typeof target === 'string' || target instanceof URL
  if (!isUrl) return target as RequestOptions
  const { hostname, pathname, search } = new URL(target)
  return { ...(typeof options === 'object' ? options : {}), hostname, path: `${pathname}${search}` }
}
