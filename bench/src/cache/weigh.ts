// A process of its own, with --expose-gc: how much memory a contender holds for a token that it has learned.
import { answerParent } from '../children/answer-parent.ts'
import { claimsOf } from '../tokens/bench-tokens.ts'
import { Issuer } from '../tokens/issuer.ts'
import { contenders } from './contenders.ts'
import type { ContenderName } from './contenders.ts'
import { freshCopy } from './fresh-copy.ts'

export interface Weighing {
  readonly contender: ContenderName
  readonly tokens: number
}

/** Bytes a token; null where the contender has nothing to show for so many. */
export type Weight = number | null

answerParent<Weighing, 'weight', Weight>(async ({ contender, tokens }) => {
  const issuer = new Issuer('HS256')
  const learn = async (held: number) => {
    const memory = contenders[contender](issuer.terms, held)
    // Each token is dropped once it is learned: what stays of it is what the memory holds.
    for (let index = 0; index < held; index++) await memory?.learn(freshCopy(issuer.sign(claimsOf(issuer, index))))
    return memory
  }
  await learn(100) // code and what it sets up once, that is no token's
  const before = bytesInUse()
  const memory = await learn(tokens)
  const weight = (bytesInUse() - before) / tokens
  // Used once more, so that it could not be thrown away before.
  return () => (memory?.isAsync === undefined ? null : weight)
})

function bytesInUse(): number {
  if (globalThis.gc === undefined) throw new Error('It needs --expose-gc')
  for (let time = 0; time < 4; time++) globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
