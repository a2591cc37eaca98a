import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { needs } from '../../../scripts/services.ts'

/** The options of suites that start a Redis server. */
export const withRedis = needs('redis-server')

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A Redis server with its own folder and socket, which `stop` deletes. */
export class RedisServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'claimcheck-redis-'))
  readonly socket = join(this.folder, 'socket')
  readonly #options: readonly string[]
  #child: ChildProcess | null = null

  private constructor(options: readonly string[]) {
    this.#options = options
  }

  static async start(...options: string[]): Promise<RedisServer> {
    const server = new RedisServer(options)
    await server.start()
    return server
  }

  /** Options of `createClient`. */
  get address(): { readonly socket: { readonly path: string; readonly tls: false } } {
    return { socket: { path: this.socket, tls: false } }
  }

  /** The address as a URL. */
  get url(): string {
    return `unix://${this.socket}`
  }

  /** Starts a Sentinel with a configuration file. */
  static async startSentinel(file: string): Promise<RedisServer> {
    const server = new RedisServer([])
    await server.#run([file, '--sentinel'], /\+monitor/)
    return server
  }

  /** Starts the server, or starts it again with the data in its folder. `more` is added to the first options. */
  async start(...more: string[]): Promise<void> {
    const fixed = [
      '--port',
      '0',
      '--unixsocket',
      this.socket,
      '--dir',
      this.folder,
      '--save',
      '',
      '--repl-diskless-sync-delay',
      '0',
    ]
    await this.#run([...fixed, ...this.#options, ...more], /ready to accept connections/i)
  }

  async #run(args: readonly string[], isReady: RegExp): Promise<void> {
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    running.add(child)
    const lines: string[] = []
    const failed = once(child, 'close').then(() => {
      throw new Error(`redis-server ended:\n${lines.join('\n')}`)
    })
    failed.catch(() => undefined)
    const ready = new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        lines.push(line)
        if (isReady.test(line)) resolve()
      })
    })
    await Promise.race([ready, failed])
  }

  /** Ends the server without a shutdown, as a power failure does. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child === null) return
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
    running.delete(child)
  }

  /** Stops responding while the connections stay open. */
  freeze(): void {
    this.#child?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child?.kill('SIGCONT')
  }

  async stop(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
