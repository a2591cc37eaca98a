import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'

const minute = 60_000
const hour = 60 * minute
const entry = resolve(import.meta.dirname, '../entries/frozen-api.ts')

async function createSigner(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const token = await new SignJWT({ sub: kid, iss: 'https://issuer.test', aud: 'runtimes' })
    .setProtectedHeader({ alg: 'ES256', kid })
    .setExpirationTime('30 days')
    .sign(privateKey)
  return { jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' }, token }
}

const [withdrawn, renewed] = await Promise.all([createSigner('withdrawn'), createSigner('renewed')])

/** A key server whose responses are held back while `isHolding`. */
class KeyServer {
  keys: readonly object[] = [withdrawn.jwk]
  isHolding = false
  fetches = 0
  readonly held: ServerResponse[] = []
  readonly #server = createServer((_request, response) => {
    this.fetches += 1
    if (this.isHolding) this.held.push(response)
    else this.respond(response)
  })

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    onTestFinished(() => void this.#server.close())
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/jwks`
  }

  respond(response: ServerResponse): void {
    response.setHeader('connection', 'close')
    response.end(JSON.stringify({ keys: this.keys }))
  }
}

async function setUp() {
  const server = new KeyServer()
  const folder = await mkdtemp(join(tmpdir(), 'claimcheck-freeze-'))
  const clockFile = join(folder, 'clock')
  const setClock = (milliseconds: number) => writeFile(clockFile, String(milliseconds))
  await setClock(0)
  const api = spawn(process.execPath, [entry, await server.start(), clockFile], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(async () => {
    api.kill('SIGKILL')
    await once(api, 'exit')
    await rm(folder, { recursive: true })
  })
  const [port] = (await once(api.stdout, 'data')) as [Buffer]
  const outcomeOf = async ({ token }: { readonly token: string }) => {
    const response = await fetch(`http://127.0.0.1:${Number(port)}/`, { headers: { authorization: `Bearer ${token}` } })
    return response.text()
  }
  return { server, setClock, outcomeOf, freeze: () => api.kill('SIGSTOP'), thaw: () => api.kill('SIGCONT') }
}

/** What becomes of the fetch that is in flight while the process is frozen. */
const fates: readonly (readonly [string, (server: KeyServer) => unknown])[] = [
  ['the server hung up', ({ held }) => held.map((response) => response.destroy())],
  ['the server responded before the keys changed', (server) => server.held.map((response) => server.respond(response))],
  ['its deadline passed', () => new Promise((done) => setTimeout(done, 6000))],
]

describe.each(fates)('an API that was frozen for hours while it fetched keys, where %s', (_name, end) => {
  it('rejects a withdrawn key and accepts the new one', async () => {
    const { server, setClock, outcomeOf, freeze, thaw } = await setUp()
    expect(await outcomeOf(withdrawn)).toBe('withdrawn')
    server.isHolding = true
    await setClock(11 * minute)
    expect(await outcomeOf(withdrawn)).toBe('withdrawn')
    await expect.poll(() => server.held.length).toBe(1)
    freeze()
    await end(server)
    server.keys = [renewed.jwk]
    server.isHolding = false
    await setClock(3 * hour)
    thaw()
    expect(await outcomeOf(withdrawn)).toBe('401')
    expect(await outcomeOf(renewed)).toBe('renewed')
    expect(server.fetches).toBe(3)
  })

  it('accepts the request that waited for the keys', async () => {
    const { server, setClock, outcomeOf, freeze, thaw } = await setUp()
    server.isHolding = true
    const waiting = outcomeOf(renewed)
    await expect.poll(() => server.held.length).toBe(1)
    freeze()
    await end(server)
    server.keys = [renewed.jwk]
    server.isHolding = false
    await setClock(3 * hour)
    thaw()
    expect(await waiting).toBe('renewed')
    expect(server.fetches).toBe(2)
  })
})

describe('an API that was frozen for hours while it was idle', () => {
  it('rejects a withdrawn key at the first request', async () => {
    const { server, setClock, outcomeOf, freeze, thaw } = await setUp()
    expect(await outcomeOf(withdrawn)).toBe('withdrawn')
    freeze()
    server.keys = [renewed.jwk]
    await setClock(3 * hour)
    thaw()
    expect(await outcomeOf(withdrawn)).toBe('401')
    expect(await outcomeOf(renewed)).toBe('renewed')
  })
})
