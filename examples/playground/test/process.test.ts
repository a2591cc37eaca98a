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
const reason = adaptersMissing ?? (runsTypeScript ? null : `Node ${process.version} runs no TypeScript`)

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

    /** Starts the sources, as `npm start` starts what was built of them. */
    function start(environment: Readonly<Record<string, string>>, ...flags: readonly string[]) {
      const env = { ...process.env, NODE_NO_WARNINGS: '1', ...environment }
      const child = spawn(process.execPath, ['--conditions=@claimcheck/source', ...flags, main], { env })
      started.push(child)
      let text = ''
      const ready = new Promise<void>((resolve) => {
        const note = (chunk: unknown) => {
          text += String(chunk)
          if (text.includes('Ctrl-C stops it.')) resolve()
        }
        child.stdout.on('data', note)
        child.stderr.on('data', note)
      })
      return { child, ready, ended: once(child, 'close'), output: () => text }
    }

    it.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM'] as const)(
      'stops cleanly on %s, though clients keep their connections',
      async (signal) => {
        const { child, ready, ended, output } = start({ PORT: '0' })
        await ready
        const urls = [...output().matchAll(/^ {2}\w+ +(http:\S+)$/gm)].map(([, url = '']) => url)
        expect(urls).toHaveLength(4)
        await Promise.all(urls.map((url) => fetch(url)))
        await sendHalfALogin(new URL(urls[0] ?? ''))
        child.kill(signal)
        expect(await ended).toEqual([0, null])
        expect(output()).toMatch(/Ctrl-C stops it\.\n$/)
        await expect(fetch(urls[1] ?? '')).rejects.toThrow()
      },
    )

    it.skipIf(process.platform === 'win32')('stops without a word though Ctrl-C comes twice', async () => {
      const { child, ready, ended, output } = start({ PORT: '0' })
      await ready
      child.kill('SIGINT')
      child.kill('SIGINT')
      // The second may find a process that has stopped all it had to stop, and is about to leave.
      expect([0, null]).toContain((await ended)[0])
      expect(output()).toMatch(/Ctrl-C stops it\.\n$/)
    })

    it('prints no colours into a pipe', async () => {
      const { ready, output } = start({ PORT: '0' })
      await ready
      expect(output()).not.toContain('\u001B')
    })

    it('ends with a message and code 1 where a port is taken', async () => {
      const blocker = createServer().listen(0, '127.0.0.1')
      blockers.push(blocker)
      await once(blocker, 'listening')
      const { port } = blocker.address() as AddressInfo
      const { ended, output } = start({ PORT: String(port) })
      expect(await ended).toEqual([1, null])
      expect(output()).toMatch(new RegExp(`^\\nPort ${port} is taken\\.`))
      expect(output()).toContain('\n  PORT=5000 npm start\n')
    })

    it.each(['65533', '-1', '80.5', 'abc'])('refuses PORT=%s with a message and code 1', async (port) => {
      const { ended, output } = start({ PORT: port })
      expect(await ended).toEqual([1, null])
      expect(output()).toBe(`\nPORT must be a number from 0 to 65532 (0: any free ports); it is "${port}"\n\n`)
    })

    it('ends with a message and code 1 where there is no Redis at REDIS_URL', async () => {
      const { ended, output } = start({ PORT: '0', REDIS_URL: 'redis://127.0.0.1:1' })
      expect(await ended).toEqual([1, null])
      expect(output()).toMatch(/^\nREDIS_URL must lead to a Redis that answers \(.+\)\. Leave it out/)
    })

    it('ends with code 1 where the frameworks differ', async () => {
      // Every third call of the tour is Koa's: here it lets everybody in.
      const lie = `
      const honest = fetch
      let calls = 0
      globalThis.fetch = async (url, init) => {
        return /(login|refresh|logout|sessions)$/.test(url) || ++calls % 3 > 0 ? honest(url, init) : new Response('come in')
      }`
      const { ended, output } = start({ PORT: '0' }, `--import=data:text/javascript,${encodeURIComponent(lie)}`)
      expect(await ended).toEqual([1, null])
      expect(output()).toContain('DIFFERS')
      expect(output()).toContain('The frameworks differ:')
      expect(output()).toContain('come in')
    })
  },
)

/** Leaves a connection open on which the server waits for the rest of a body. */
async function sendHalfALogin({ hostname, port }: URL): Promise<void> {
  const socket = connect(Number(port), hostname).on('error', () => undefined)
  socket.write('POST /login HTTP/1.1\r\nHost: playground\r\nContent-Length: 15\r\nExpect: 100-continue\r\n\r\n{')
  // The server says «go on» once it has read the head.
  await once(socket, 'data')
}
