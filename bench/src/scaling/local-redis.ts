import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A Redis of a bench, on a socket in a folder of its own. */
export interface LocalRedis {
  readonly socket: string
  stop(): Promise<void>
}

/** What is missing to start one, or null. */
export function whatRedisLacks(): string | null {
  return spawnSync('redis-server', ['--version']).status === 0 ? null : 'redis-server (apt-get install redis-server)'
}

export async function startRedis(): Promise<LocalRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'claimcheck-bench-'))
  const socket = join(folder, 'socket')
  const child = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const atExit = () => child.kill('SIGKILL')
  process.once('exit', atExit)
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (/ready to accept connections/i.test(line)) resolve()
    })
    closed.then(() => reject(new Error('redis-server ended'))).catch(reject)
  })
  return {
    socket,
    stop: async () => {
      process.off('exit', atExit)
      child.kill('SIGKILL')
      await closed
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
