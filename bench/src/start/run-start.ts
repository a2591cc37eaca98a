import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import filePlugin from '@size-limit/file'
import { build } from 'esbuild'
import sizeLimit from 'size-limit'
import { anonymous, frameworks } from '../http/contender.ts'
import type { Framework } from '../http/contender.ts'
import { peersOn } from '../http/contenders.ts'
import { TokenSource } from '../http/token-supply.ts'
import { commandLine } from '../lib/child-process.ts'
import type { Progress, RunMode } from '../lib/run-mode.ts'
import type { Race } from '../race/race.ts'
import { runRace } from '../race/run-race.ts'
import type { Runner } from '../race/run-race.ts'
import { subjectOf } from '../tokens/bench-tokens.ts'
import type { FirstRequest } from './first-request.ts'

export interface StartFigures {
  readonly imports: Race
  /** The time from the start of the process until the response to the first request. */
  readonly firstRequests: readonly { readonly framework: Framework; readonly race: Race }[]
  readonly coreBytes: number
}

/** The packages that users import: core, its adapters, and the peers. */
const importedPackages = [
  '@claimcheck/core',
  '@claimcheck/express',
  '@claimcheck/fastify',
  '@claimcheck/koa',
  'jose',
  'fast-jwt',
  'jsonwebtoken',
  'aws-jwt-verify',
  'hono/jwt',
  'express-jwt',
  'express-oauth2-jwt-bearer',
  'passport-jwt',
  '@fastify/jwt',
  'koa-jwt',
] as const

export const startPackages = importedPackages.map((name) => (name === 'hono/jwt' ? 'hono' : name))

const rounds: Readonly<Record<RunMode, number>> = { full: 11, short: 1 }

/** Measures imports, and servers until their first request. Each measurement starts a new process. */
export async function runStart(mode: RunMode, progress: Progress): Promise<StartFigures> {
  const steps = frameworks.length + 2
  progress('size of core', 0, steps)
  const coreBytes = await measureSize(mode)
  progress('imports', 1, steps)
  const packages = mode === 'short' ? importedPackages.slice(0, 2) : importedPackages
  const imports = await runRace(
    packages.map((name) => runnerOf(name, ['start/import-time', name], mode)),
    rounds[mode],
  )
  const source = await TokenSource.start()
  const firstRequests: StartFigures['firstRequests'][number][] = []
  try {
    const { terms, valid } = source.issue('HS256', 1)
    for (const [index, framework] of frameworks.entries()) {
      progress(`first request, ${framework}`, index + 2, steps)
      const runners = ['bare', 'claimcheck', ...peersOn(framework)].map((contender) => {
        const caller = contender === 'bare' ? anonymous : subjectOf(0)
        const request: FirstRequest = { framework, contender, terms, token: valid[0] ?? '', caller }
        return runnerOf(contender, ['start/first-request', JSON.stringify(request)], mode)
      })
      firstRequests.push({ framework, race: await runRace(runners, rounds[mode]) })
    }
  } finally {
    await source.close()
  }
  return { imports, firstRequests, coreBytes }
}

/** A contender whose turns each run a program of `src`, which prints the milliseconds that it measured. */
export function runnerOf(
  contender: string,
  [program, ...programArguments]: readonly [string, ...string[]],
  mode: RunMode,
): Runner {
  const [command = '', ...commandArguments] = commandLine(program, mode, {})
  const env = { ...process.env, NODE_ENV: 'production' }
  return {
    contender,
    turn: async () => {
      const { stdout } = await promisify(execFile)(command, [...commandArguments, ...programArguments], { env })
      const microseconds = Number(stdout) * 1000
      if (!(microseconds > 0)) throw new Error(`${program} printed no time for ${contender}: ${stdout}`)
      return { mean: microseconds, samples: [microseconds] }
    },
  }
}

/** Bundles and minifies core for Node, without its dependencies, and returns its size after Brotli. */
async function measureSize(mode: RunMode): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'claimcheck-bench-'))
  const bundle = join(folder, 'core.js')
  const entry = mode === 'short' ? 'src/index.ts' : 'dist/index.js'
  try {
    await build({
      entryPoints: [fileURLToPath(new URL(`../../../packages/core/${entry}`, import.meta.url))],
      outfile: bundle,
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      conditions: mode === 'short' ? ['@claimcheck/source'] : [],
      packages: 'external',
    })
    return sizeIn(await sizeLimit([filePlugin], [bundle]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function sizeIn(results: unknown): number {
  const [result]: unknown[] = Array.isArray(results) ? results : []
  const size = typeof result === 'object' && result !== null && 'size' in result ? result.size : undefined
  if (typeof size === 'number') return size
  throw new Error('size-limit returned no size')
}
