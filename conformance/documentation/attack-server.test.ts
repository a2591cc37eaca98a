import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createAuth } from '@claimcheck/core'
import { expect, it } from 'vitest'
import { attackServer } from './attack-server.ts'
import { secret } from './callers.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

const calls = ['GET / → 401', 'GET / as john → 200', 'POST /notes sending {"text":"a"} as john → 201']
const code = "import { createAuth } from '@claimcheck/core'"
const auth = createAuth({ issuer: 'https://login.example', audience: 'https://api.example', keys: { secret } })

/** How the server responds to a request by its credentials alone: 401, or as the route would respond. */
async function statusOf(request: IncomingMessage): Promise<number> {
  const principal = await auth.authenticate(request).catch(() => null)
  if (principal === null) return 401
  return request.method === 'POST' ? 201 : 200
}

const strict: Handler = async (request, response) => {
  const isLong = Number(request.headers['content-length'] ?? 0) > 100_000
  response.writeHead(isLong ? 413 : await statusOf(request)).end()
}

async function faultsOf(handler: Handler): Promise<readonly string[]> {
  const server = createServer((request, response) => void handler(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  try {
    return await attackServer({ port, ending: () => null }, { code }, calls)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

it('finds nothing wrong with a server that rejects every hostile request', async () => {
  expect(await faultsOf(strict)).toEqual([])
})

it.each<[string, Handler, string]>([
  [
    'a server that reads one of two Authorization lines',
    ({ method, headers }, response) => strict({ method, headers } as IncomingMessage, response),
    'GET /, two Authorization lines: the response to an anonymous client is 200',
  ],
  [
    'a server that reads a body of any length',
    async (request, response) => response.writeHead(await statusOf(request)).end(),
    'POST /notes, an oversized body: the response is 201',
  ],
  [
    'a server that fails on a target',
    (request, response) => (request.url === '//' ? response.writeHead(500).end() : strict(request, response)),
    'GET /, the target //: the response is 500',
  ],
  [
    'a server that sets a cookie for a form of another site',
    (request, response) => {
      if (request.headers['sec-fetch-site'] === 'cross-site') response.setHeader('Set-Cookie', 'a=b')
      return strict(request, response)
    },
    'GET /, a form of another site, as text/plain: the response sets a cookie',
  ],
])('finds %s', async (_server, handler, fault) => {
  expect(await faultsOf(handler)).toContain(fault)
})

it('finds a server that rejects a good call after a hostile one', async () => {
  let isBroken = false
  const faults = await faultsOf((request, response) => {
    isBroken ||= request.headers['content-encoding'] === 'gzip'
    return isBroken ? response.writeHead(401).end() : strict(request, response)
  })
  const [probe] = calls.slice(1)
  expect(faults[0]).toBe(`POST /notes, a body declared as gzip: then ${probe} is GET / as john → 401`)
})
