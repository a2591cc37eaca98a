import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Child } from '../lib/child-process.ts'
import type { Progress, RunMode } from '../lib/run-mode.ts'
import type { Race } from '../race/race.ts'
import { runRace } from '../race/run-race.ts'
import type { Turn } from '../race/run-race.ts'
import type { Pace } from '../race/stopwatch.ts'
import { invalidTokens, validTokens } from '../tokens/bench-tokens.ts'
import { benchAlgorithms, Issuer } from '../tokens/issuer.ts'
import type { BenchAlgorithm } from '../tokens/issuer.ts'
import { contenderNames } from './contenders.ts'
import type { ContenderName } from './contenders.ts'
import type { Batch, Command, Result, Setup } from './measure.ts'

export interface VerifyFigures {
  /** The version of the Node whose figures are shown in full. */
  readonly mainNode: string
  readonly missingNodes: readonly string[]
  readonly races: readonly VerifyRace[]
}

export interface VerifyRace {
  readonly node: string
  readonly algorithm: BenchAlgorithm
  readonly race: Race
}

interface Extent extends Pace {
  readonly tokens: number
  readonly rounds: number
  /** The rounds on the other versions of Node. */
  readonly otherRounds: number
}

const extents: Readonly<Record<RunMode, Extent>> = {
  full: {
    tokens: 100,
    rounds: 60,
    otherRounds: 30,
    warmupMilliseconds: 400,
    turnMilliseconds: 8,
    samples: 30,
    operationsPerSample: 1,
  },
  short: {
    tokens: 3,
    rounds: 1,
    otherRounds: 1,
    warmupMilliseconds: 1,
    turnMilliseconds: 1,
    samples: 2,
    operationsPerSample: 1,
  },
}

/** Measures how fast every contender verifies tokens without a cache, on every installed Node. */
export async function runVerify(mode: RunMode, progress: Progress): Promise<VerifyFigures> {
  const batches = benchAlgorithms.map((algorithm) => createBatch(algorithm, extents[mode].tokens))
  // A server uses one algorithm, and so does each process. A short run has no time for that.
  const groups = mode === 'short' ? [batches] : batches.map((batch) => [batch])
  const mainNode = process.versions.node
  const nodes = mode === 'short' ? [{ version: mainNode, executable: process.execPath }] : await findNodes()
  const races: VerifyRace[] = []
  const steps = nodes.flatMap((node) => groups.map((group) => ({ node, group })))
  for (const [done, { node, group }] of steps.entries()) {
    const algorithms = group.map(({ terms }) => terms.algorithm).join(', ')
    progress(`Node ${node.version}, ${algorithms}`, done, steps.length)
    if (node.executable !== null) races.push(...(await raceOn(node, group, mode)))
  }
  const missingNodes = nodes.filter(({ executable }) => executable === null).map(({ version }) => version)
  return { mainNode, missingNodes, races }
}

function createBatch(algorithm: BenchAlgorithm, tokens: number): Batch {
  const issuer = new Issuer(algorithm)
  return { terms: issuer.terms, valid: validTokens(issuer, tokens), invalid: invalidTokens(issuer) }
}

interface StartedContender {
  readonly contender: ContenderName
  readonly child: Child<Command, Result>
  readonly algorithms: readonly BenchAlgorithm[]
}

async function raceOn(node: MeasuredNode, batches: readonly Batch[], mode: RunMode): Promise<VerifyRace[]> {
  const { version, executable } = node
  const { rounds, otherRounds, ...pace } = extents[mode]
  const started = await Promise.all(
    contenderNames.map(async (contender): Promise<StartedContender> => {
      const setup: Setup = { contender, batches, pace }
      const options = executable === null ? {} : { node: executable }
      const child = await Child.start<Command, Result>('verify/measure', setup, mode, options)
      return { contender, child, algorithms: (await child.call('algorithms')) as readonly BenchAlgorithm[] }
    }),
  )
  const races: VerifyRace[] = []
  for (const { terms } of batches) {
    const { algorithm } = terms
    const runners = started
      .filter(({ algorithms }) => algorithms.includes(algorithm))
      .map(({ contender, child }) => ({ contender, turn: async () => (await child.call(algorithm)) as Turn }))
    const race = await runRace(runners, version === process.versions.node ? rounds : otherRounds)
    races.push({ node: version, algorithm, race })
  }
  await Promise.all(started.map(({ child }) => child.stop()))
  return races
}

/** A Node to measure on. The executable is null if it is not installed or does not run on this platform. */
interface MeasuredNode {
  readonly version: string
  readonly executable: string | null
}

const runtimes = new URL('../../../runtimes/', import.meta.url)

/** The current Node and those that the workspace `runtimes` lists, sorted by version. */
async function findNodes(): Promise<readonly MeasuredNode[]> {
  const manifest = JSON.parse(readFileSync(new URL('package.json', runtimes), 'utf8')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>
  }
  const pinned = Object.entries(manifest.optionalDependencies).map(async ([alias, specifier]) => {
    const executable = fileURLToPath(new URL(`node_modules/${alias}/bin/node`, runtimes))
    const version = specifier.slice(specifier.lastIndexOf('@') + 1)
    return { version, executable: (await isInstalled(executable, version)) ? executable : null }
  })
  const own = { version: process.versions.node, executable: process.execPath }
  const all = [own, ...(await Promise.all(pinned))]
  return all.toSorted((a, b) => parseInt(a.version, 10) - parseInt(b.version, 10))
}

async function isInstalled(executable: string, version: string): Promise<boolean> {
  if (!existsSync(executable)) return false
  try {
    const { stdout } = await promisify(execFile)(executable, ['--version'])
    return stdout.trim() === `v${version}`
  } catch {
    return false
  }
}
