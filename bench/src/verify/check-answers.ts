import { strict as assert } from 'node:assert'
import type { Operation } from '../race/stopwatch.ts'
import { subjectOf } from '../tokens/bench-tokens.ts'
import type { ContenderName } from './contenders.ts'
import type { Lot } from './measure.ts'

/** Makes sure that a contender does its work: it accepts every good token as its caller's, and refuses the bad ones. */
export async function checkAnswers(name: ContenderName, operation: Operation, { good, bad }: Lot): Promise<void> {
  for (const [index, token] of good.entries()) {
    const subject = subjectIn(await ask(operation, token))
    assert.equal(subject, name === 'node:crypto' ? true : subjectOf(index), `${name} must accept a good token`)
  }
  for (const [fault, token] of Object.entries({ ...bad })) {
    // The limit looks at nothing but the signature.
    if (name === 'node:crypto' && fault !== 'wronglySigned') continue
    assert.equal(subjectIn(await ask(operation, token)), false, `${name} must refuse a token that is ${fault}`)
  }
}

/** What it gives; false for a token that is refused, by whatever error. */
async function ask({ perform }: Operation, token: string): Promise<unknown> {
  try {
    return await perform(token)
  } catch {
    return false
  }
}

/** The caller's name in a principal, in claims, or in what holds claims; of a bare answer the answer itself. */
function subjectIn(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) return answer
  if ('payload' in answer) return subjectIn(answer.payload)
  if ('subject' in answer) return answer.subject
  return 'sub' in answer ? answer.sub : undefined
}
