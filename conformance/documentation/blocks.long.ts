import { rmSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { readBlocks } from './code-blocks.ts'
import { attackServer } from './attack-server.ts'
import { makeCalls, splitCalls } from './calls.ts'
import { pages } from './pages.ts'
import { createFolder, writePrograms } from './program.ts'
import type { Program } from './program.ts'
import { runProgram } from './running-program.ts'
import { checkTypes } from './type-check.ts'
import { needs } from '../../scripts/services.ts'

const blocks = pages.flatMap(readBlocks)
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
    if (missing !== null) skip(`${missing} is not there`)
    expect((await typeErrors).get(place) ?? []).toEqual([])
  })

  it('runs, and answers as the comment above it says', services, async ({ skip, onTestFailed }) => {
    if (missing !== null) skip(`${missing} is not there`)
    if (!runsTypeScript && process.env['CI'] !== 'true') skip(`Node ${process.version} does not run TypeScript`)
    const { answers, faults, printed } = await outcomeOf(program)
    onTestFailed(() => console.error(`${place} printed:\n${printed}`))
    expect(answers).toEqual(calls === null ? ['It ends'] : splitCalls(calls))
    expect(faults, 'what hostile requests do to it').toEqual([])
  })
})

describe('the documentation', () => {
  it('compiles in a program whose other files are right', { timeout }, async () => {
    expect((await typeErrors).get(null) ?? []).toEqual([])
  })

  it('marks every block of code as what is checked: ts', () => {
    const inOtherWords = /^(typescript|javascript|[cm]?[jt]sx?)$/i
    const others = blocks.filter(({ language }) => language !== 'ts' && inOtherWords.test(language))
    expect(others.map(({ place }) => place)).toEqual([])
  })

  it('says what is called directly above the block that is called', () => {
    const comments = pages.flatMap(({ text }) => text.match(/<!--\s*(calls|env):/g) ?? [])
    const heeded = programs.flatMap(({ calls, env }) => [calls, env]).filter((comment) => comment !== null)
    expect(heeded).toHaveLength(comments.length)
  })
})

interface Outcome {
  /** Every call as it came out; or that it ends, as a block does that says nothing of calls. */
  readonly answers: readonly string[]
  /** What hostile requests do to its server and must not. */
  readonly faults: readonly string[]
  readonly printed: string
}

async function outcomeOf(program: Program): Promise<Outcome> {
  const redis = program.needsRedis ? await startRedis() : null
  try {
    const { port, printed, ending, stop } = await runProgram(program, redis === null ? {} : { REDIS_URL: redis.url })
    try {
      const answers = await answersOf(program, port)
      const { calls } = program
      const isAttacked = port !== null && calls !== null
      const faults = isAttacked ? await attackServer({ port, ending }, program, splitCalls(calls)) : []
      return { answers, faults, printed: printed() }
    } finally {
      await stop()
    }
  } finally {
    await redis?.stop()
  }
}

/** What a block that needs it comes with: its package is there. */
async function startRedis(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const { RedisServer } = await import('../../packages/redis/test/redis-server.ts')
  return RedisServer.start()
}

async function answersOf({ calls }: Program, port: number | null): Promise<readonly string[]> {
  if (port === null) return ['It ends']
  if (calls === null) return ['It listens, and says nothing of what it answers']
  return makeCalls(port, splitCalls(calls))
}
