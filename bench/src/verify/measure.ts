// Runs in its own process: one contender verifies the tokens of each algorithm in turns.
import { strict as assert } from 'node:assert'
import { handleCommands } from '../lib/child-process.ts'
import type { Turn } from '../race/run-race.ts'
import { Stopwatch } from '../race/stopwatch.ts'
import type { Operation, Pace } from '../race/stopwatch.ts'
import { subjectOf } from '../tokens/bench-tokens.ts'
import type { InvalidTokens } from '../tokens/bench-tokens.ts'
import type { BenchAlgorithm, Terms } from '../tokens/issuer.ts'
import { contenders } from './contenders.ts'
import type { ContenderName } from './contenders.ts'

export interface Setup {
  readonly contender: ContenderName
  readonly batches: readonly Batch[]
  readonly pace: Pace
}

/** The tokens of one issuer. */
export interface Batch {
  readonly terms: Terms
  readonly valid: readonly string[]
  readonly invalid: InvalidTokens
}

/** Asks for a turn with this algorithm, or for the algorithms that the contender supports. */
export type Command = BenchAlgorithm | 'algorithms'
export type Result = Turn | readonly BenchAlgorithm[]

handleCommands<Setup, Command, Result>(async ({ contender, batches, pace }) => {
  const watches = new Map<BenchAlgorithm, Stopwatch>()
  for (const batch of batches) {
    const watch = await prepare(contender, batch, pace)
    if (watch !== null) watches.set(batch.terms.algorithm, watch)
  }
  return async (command) => {
    if (command === 'algorithms') return [...watches.keys()]
    const watch = watches.get(command)
    if (watch === undefined) throw new Error(`${contender} does not support ${command}`)
    return watch.turn()
  }
})

async function prepare(contender: ContenderName, batch: Batch, pace: Pace): Promise<Stopwatch | null> {
  const tokens = [...batch.valid, ...Object.values<string>({ ...batch.invalid })]
  const operation = await contenders[contender](batch.terms, tokens)
  if (operation === null) return null
  await checkContender(contender, operation, batch)
  let next = 0
  return new Stopwatch(operation, pace, (count) =>
    Array.from({ length: count }, () => batch.valid[next++ % batch.valid.length] ?? ''),
  )
}

/** Checks that a contender returns the caller of every valid token and rejects every invalid one. */
async function checkContender(name: ContenderName, operation: Operation, { valid, invalid }: Batch): Promise<void> {
  for (const [index, token] of valid.entries()) {
    const subject = subjectIn(await attempt(operation, token))
    assert.equal(subject, name === 'node:crypto' ? true : subjectOf(index), `${name} must accept a valid token`)
  }
  for (const [defect, token] of Object.entries({ ...invalid })) {
    // The baseline checks the signature only.
    if (name === 'node:crypto' && defect !== 'wrongSignature') continue
    assert.equal(subjectIn(await attempt(operation, token)), false, `${name} must reject a token: ${defect}`)
  }
}

/** Returns the operation's result, or false if it throws. */
async function attempt({ perform }: Operation, token: string): Promise<unknown> {
  try {
    return await perform(token)
  } catch {
    return false
  }
}

/** The subject in a principal, in claims, or in an object with a `payload`. Other values are returned as they are. */
function subjectIn(result: unknown): unknown {
  if (typeof result !== 'object' || result === null) return result
  if ('payload' in result) return subjectIn(result.payload)
  if ('subject' in result) return result.subject
  return 'sub' in result ? result.sub : undefined
}
