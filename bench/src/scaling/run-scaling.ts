import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Child } from '../lib/child-process.ts'
import type { RunMode } from '../lib/run-mode.ts'
import type { CheckCost, CheckSetup } from './check.ts'
import { cpuSecondsOf, writeEntries } from './entries.ts'
import type { FollowSetup, Times } from './follow.ts'
import type { LoadCost, LoadSetup } from './load.ts'

export interface ScalingFigures {
  readonly processes: number
  /** Milliseconds from the call of `revokeToken` until the last process knew of it, for each revocation. */
  readonly delays: readonly number[]
  /** Microseconds of Redis's processor time per message and process. */
  readonly redisMicroseconds: number
  readonly check: CheckCost & { readonly entries: number }
  readonly loads: readonly (LoadCost & { readonly entries: number; readonly redisBytes: number })[]
}

interface Extent {
  readonly processes: number
  readonly revocations: number
  readonly pauseMilliseconds: number
  /** The numbers of active entries that are loaded. The check is timed with the first of them. */
  readonly entries: readonly [number, ...number[]]
  readonly rounds: number
  readonly checksPerRound: number
}

const extents: Readonly<Record<RunMode, Extent>> = {
  full: {
    processes: 8,
    revocations: 1000,
    pauseMilliseconds: 10,
    entries: [100_000, 1_000_000],
    rounds: 300,
    checksPerRound: 10_000,
  },
  short: { processes: 2, revocations: 20, pauseMilliseconds: 1, entries: [500], rounds: 3, checksPerRound: 100 },
}

/** Measures what sharing revocations costs: the delay, the check, the memory and the start. */
export async function runScaling(mode: RunMode, onStep: (step: string) => void): Promise<ScalingFigures> {
  const { processes, entries: counts } = extents[mode]
  onStep(`the delay until the last of ${processes} processes`)
  const delays = await measureDelays(mode)
  const loads: ScalingFigures['loads'][number][] = []
  let check: CheckCost | null = null
  for (const entries of counts) {
    onStep(`${entries.toLocaleString('en')} active entries`)
    const [redis, empty] = [await startRedis(), await startRedis()]
    const { redisBytes } = await writeEntries(redis.socket, entries)
    const setup: LoadSetup = { socket: redis.socket, emptySocket: empty.socket, entries }
    const options = { nodeArguments: ['--expose-gc'] }
    const cost = await runOnce<'load', LoadCost>('scaling/load', setup, 'load', { mode, options })
    loads.push({ entries, redisBytes, ...cost })
    check ??= await measureCheck(mode, redis.socket)
    await redis.stop()
    await empty.stop()
  }
  if (check === null) throw new Error('No check was measured')
  return { processes, ...delays, check: { ...check, entries: counts[0] }, loads }
}

async function measureDelays(mode: RunMode): Promise<Pick<ScalingFigures, 'delays' | 'redisMicroseconds'>> {
  const { processes, revocations, pauseMilliseconds } = extents[mode]
  const redis = await startRedis()
  const setup: FollowSetup = { socket: redis.socket, revocations, pauseMilliseconds }
  const children = await Promise.all(
    Array.from({ length: processes }, async () =>
      Child.start<'revoke' | 'times', Times>('scaling/follow', setup, mode),
    ),
  )
  const cpuBefore = await cpuSecondsOf(redis.socket)
  const started = (await children[0]?.call('revoke')) ?? []
  const known = await Promise.all(children.map(async (child) => child.call('times')))
  const cpuSeconds = (await cpuSecondsOf(redis.socket)) - cpuBefore
  await Promise.all(children.map(async (child) => child.stop()))
  await redis.stop()
  return {
    delays: started.map((start, index) => Math.max(...known.map((times) => times[index] ?? NaN)) - start),
    redisMicroseconds: (cpuSeconds * 1e6) / (revocations * processes),
  }
}

async function measureCheck(mode: RunMode, socket: string): Promise<CheckCost> {
  const { entries, rounds, checksPerRound } = extents[mode]
  const setup: CheckSetup = { socket, entries: entries[0], rounds, checksPerRound }
  return runOnce<'check', CheckCost>('scaling/check', setup, 'check', { mode, options: {} })
}

async function runOnce<Command, Result>(
  program: string,
  setup: object,
  command: Command,
  { mode, options }: { readonly mode: RunMode; readonly options: { readonly nodeArguments?: readonly string[] } },
): Promise<Result> {
  const child = await Child.start<Command, Result>(program, setup, mode, options)
  const result = await child.call(command)
  await child.stop()
  return result
}

/** What must be installed before Redis can be started, or null. */
export function missingRedis(): string | null {
  return spawnSync('redis-server', ['--version']).status === 0 ? null : 'redis-server (apt-get install redis-server)'
}

interface LocalRedis {
  readonly socket: string
  stop(): Promise<void>
}

/** Starts a Redis that listens on a socket in a temporary folder. */
async function startRedis(): Promise<LocalRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'claimcheck-bench-'))
  const socket = join(folder, 'socket')
  const child = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const onExit = () => child.kill('SIGKILL')
  process.once('exit', onExit)
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (/ready to accept connections/i.test(line)) resolve()
    })
    closed.then(() => reject(new Error('redis-server ended'))).catch(reject)
  })
  return {
    socket,
    stop: async () => {
      process.off('exit', onExit)
      child.kill('SIGKILL')
      await closed
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
