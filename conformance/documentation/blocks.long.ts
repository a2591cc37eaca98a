import { rmSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { readBlocks } from './code-blocks.ts'
import { attackServer } from './attack-server.ts'
import { makeCalls, splitCalls } from './calls.ts'
import { everyPage } from './pages.ts'
import { createFolder, writePrograms } from './program.ts'
import type { Program } from './program.ts'
import { runProgram } from './running-program.ts'
import { checkTypes } from './type-check.ts'
import { needs } from '../../scripts/services.ts'

const blocks = everyPage.flatMap(readBlocks)
const folder = createFolder()
const programs = writePrograms(folder)
const typeErrors = checkTypes(
  folder,
  programs.filter(({ missing }) => missing === null),
)
const runsTypeScript = Boolean(Reflect.get(process.features, 'typescript'))
const timeout = 90_000

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(programs)('$place', { concurrent: true, timeout }, (program) => {
  const { place, missing, calls } = program
  const services = program.needsRedis ? needs('redis-server') : {}

  it('compiles', async ({ skip }) => {
    if (missing !== null) skip(`${missing} does not exist`)
    expect((await typeErrors).get(place) ?? []).toEqual([])
  })

  it('runs, and responds as the comment above it says', services, async ({ skip, onTestFailed }) => {
    if (missing !== null) skip(`${missing} does not exist`)
    if (!runsTypeScript && process.env['CI'] !== 'true') skip(`Node ${process.version} does not run TypeScript`)
    const { results, faults, printed } = await outcomeOf(program)
    onTestFailed(() => console.error(`${place} printed:\n${printed}`))
    expect(results).toEqual(calls === null ? ['ends'] : splitCalls(calls))
    expect(faults, 'what hostile requests do to it').toEqual([])
  })
})

describe('the documentation', () => {
  it('compiles in a program whose other files are valid', { timeout }, async () => {
    expect((await typeErrors).get(null) ?? []).toEqual([])
  })

  it('marks every code block that is checked as ts', () => {
    const otherNames = /^(typescript|javascript|[cm]?[jt]sx?)$/i
    const others = blocks.filter(({ language }) => language !== 'ts' && otherNames.test(language))
    expect(others.map(({ place }) => place)).toEqual([])
  })

  it('has its comments directly above the block that is called', () => {
    const comments = everyPage.flatMap(({ text }) => text.match(/<!--\s*(calls|env|program):/g) ?? [])
    const used = programs
      .flatMap(({ calls, env, program }) => [calls, env, program])
      .filter((comment) => comment !== null)
    expect(used).toHaveLength(comments.length)
  })
})

interface Outcome {
  /** Every call with its actual result; or that the program ends, if the block has no calls. */
  readonly results: readonly string[]
  /** The hostile requests that its server handles incorrectly. */
  readonly faults: readonly string[]
  readonly printed: string
}

async function outcomeOf(program: Program): Promise<Outcome> {
  const redis = program.needsRedis ? await startRedis() : null
  try {
    const { port, printed, ending, stop } = await runProgram(program, redis === null ? {} : { REDIS_URL: redis.url })
    try {
      const results = await resultsOf(program, port)
      const { calls } = program
      const isAttacked = port !== null && calls !== null
      const faults = isAttacked ? await attackServer({ port, ending }, program, splitCalls(calls)) : []
      return { results, faults, printed: printed() }
    } finally {
      await stop()
    }
  } finally {
    await redis?.stop()
  }
}

/** What a block needs besides its package. */
async function startRedis(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const { RedisServer } = await import('../../packages/redis/test/redis-server.ts')
  return RedisServer.start()
}

async function resultsOf({ calls }: Program, port: number | null): Promise<readonly string[]> {
  if (port === null) return ['ends']
  if (calls === null) return ['listens without calls']
  return makeCalls(port, splitCalls(calls))
}
