import { strict as assert } from 'node:assert'
import { subjectOf } from '../tokens/bench-tokens.ts'
import type { BadTokens } from '../tokens/bench-tokens.ts'
import type { Memory } from './contender.ts'
import { freshCopy } from './fresh-copy.ts'

/** Lets a memory learn good tokens; it must recall the caller of each, and know no bad one. */
export async function checkMemory(
  contender: string,
  memory: Memory,
  { good, bad }: { readonly good: readonly string[]; readonly bad: BadTokens },
): Promise<void> {
  for (const token of good) await memory.learn(token)
  for (const [index, token] of good.entries()) {
    const caller = (await memory.perform(freshCopy(token))) as { readonly sub?: string; readonly subject?: string }
    assert.equal(caller.subject ?? caller.sub, subjectOf(index), `${contender} must recall the caller of a token`)
  }
  for (const token of Object.values<string>({ ...bad })) {
    assert.equal(await knows(memory, token), false, `${contender} must not know a bad token`)
  }
}

export async function knows({ perform }: Memory, token: string): Promise<boolean> {
  try {
    return Boolean(await perform(token))
  } catch {
    return false
  }
}
