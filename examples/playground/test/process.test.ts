import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { adaptersMissing } from './adapters.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const runsTypeScript = 'typescript' in process.features && process.features.typescript !== false
const reason = adaptersMissing ?? (runsTypeScript ? null : `Node ${process.version} does not run TypeScript`)

describe.skipIf(reason !== null)(
  `the process of the playground${reason === null ? '' : ` (skipped: ${reason})`}`,
  { timeout: 30_000 },
  () => {
    const started: ChildProcess[] = []
    const blockers: Server[] = []

    afterEach(() => {
      for (const child of started.splice(0)) child.kill('SIGKILL')
      for (const blocker of blockers.splice(0)) blocker.close()
    })

    /** Starts the sources; `npm start` starts the build. */
    function start(environment: Readonly<Record<string, string>>, ...flags: readonly string[]) {
      const env = { ...process.env, NODE_NO_WARNINGS: '1', ...environment }
      const child = spawn(process.execPath, ['--conditions=@claimcheck/source', ...flags, main], { env })
      started.push(child)
      let text = ''
      const ready = new Promise<void>((resolve) => {
        const onData = (chunk: unknown) => {
          text += String(chunk)
          if (text.includes('Press Ctrl-C to stop.')) resolve()
        }
        child.stdout.on('data', onData)
        child.stderr.on('data', onData)
      })
      return { child, ready, ended: once(child, 'close'), output: () => text }
    }

    it.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM'] as const)(
      'stops cleanly on %s, even if clients keep connections open',
      async (signal) => {
        const { child, ready, ended, output } = start({ PORT: '0' })
        await ready
        const urls = [...output().matchAll(/^ {2}\w+ +(http:\S+)$/gm)].map(([, url = '']) => url)
        expect(urls).toHaveLength(4)
        await Promise.all(urls.map((url) => fetch(url)))
        await sendPartialLogin(new URL(urls[0] ?? ''))
        child.kill(signal)
        expect(await ended).toEqual([0, null])
        expect(output()).toMatch(/Press Ctrl-C to stop\.\n$/)
        await expect(fetch(urls[1] ?? '')).rejects.toThrow()
      },
    )

    it.skipIf(process.platform === 'win32')('stops without an error if Ctrl-C is received twice', async () => {
      const { child, ready, ended, output } = start({ PORT: '0' })
      await ready
      child.kill('SIGINT')
      child.kill('SIGINT')
      // The second signal may arrive when the handlers are already removed.
      expect([0, null]).toContain((await ended)[0])
      expect(output()).toMatch(/Press Ctrl-C to stop\.\n$/)
    })

    it('prints no colours to a pipe', async () => {
      const { ready, output } = start({ PORT: '0' })
      await ready
      expect(output()).not.toContain('\u001B')
    })

    it('exits with a message and code 1 if a port is in use', async () => {
      const blocker = createServer().listen(0, '127.0.0.1')
      blockers.push(blocker)
      await once(blocker, 'listening')
      const { port } = blocker.address() as AddressInfo
      const { ended, output } = start({ PORT: String(port) })
      expect(await ended).toEqual([1, null])
      expect(output()).toMatch(new RegExp(`^\\nPort ${port} is in use\\.`))
      expect(output()).toContain('\n  PORT=5000 npm start\n')
    })

    it.each(['65533', '-1', '80.5', 'abc'])('rejects PORT=%s with a message and code 1', async (port) => {
      const { ended, output } = start({ PORT: port })
      expect(await ended).toEqual([1, null])
      expect(output()).toBe(`\nInvalid PORT: expected 0 (any free ports) to 65532, received "${port}"\n\n`)
    })

    it('exits with a message and code 1 if there is no Redis at REDIS_URL', async () => {
      const { ended, output } = start({ PORT: '0', REDIS_URL: 'redis://127.0.0.1:1' })
      expect(await ended).toEqual([1, null])
      expect(output()).toMatch(/^\nCannot connect to the Redis at REDIS_URL \(.+\)\. Omit it/)
    })

    it('exits with code 1 if the frameworks differ', async () => {
      // Every third call of the tour is to Koa, which here accepts every request.
      const preload = `
      const originalFetch = fetch
      let calls = 0
      globalThis.fetch = async (url, init) => {
        return /(login|refresh|logout|sessions)$/.test(url) || ++calls % 3 > 0 ? originalFetch(url, init) : new Response('accepted')
      }`
      const { ended, output } = start({ PORT: '0' }, `--import=data:text/javascript,${encodeURIComponent(preload)}`)
      expect(await ended).toEqual([1, null])
      expect(output()).toContain('DIFFERENT')
      expect(output()).toContain('The frameworks differ:')
      expect(output()).toContain('accepted')
    })
  },
)

/** Opens a connection on which the server waits for the rest of a body. */
async function sendPartialLogin({ hostname, port }: URL): Promise<void> {
  const socket = connect(Number(port), hostname).on('error', () => undefined)
  socket.write('POST /login HTTP/1.1\r\nHost: playground\r\nContent-Length: 15\r\nExpect: 100-continue\r\n\r\n{')
  // The server sends 100 Continue after it has read the headers.
  await once(socket, 'data')
}
