// Refuses that many tokens, of every kind in turn, and tells what is held of them.
import { createAuth, isAuthError } from '@claimcheck/core'
import type { AuthError } from '@claimcheck/core'
import { hmacOptions, nowSeconds } from '../../properties/hmac-issuer.ts'
import { count, countHeld, countInHeap, heldBytes, report } from './heap.ts'
import { claimMark, kidMark, markedToken, marks, textMark, unsignedMarkedToken } from './marked-tokens.ts'

const { verifyToken, authenticate, close } = createAuth(hmacOptions)
const ask = (credentials: string) => authenticate({ headers: { authorization: `Bearer ${credentials}` } })

/** One for each place on the way of a token at which it is refused. */
const refusals: readonly ((index: number) => Promise<unknown>)[] = [
  (index) => ask(`${markedToken(index)} ${textMark(index)}`),
  (index) => verifyToken(`${textMark(index)}.${claimMark(index)}`),
  (index) => verifyToken(textMark(index).padEnd(9000, 'A')),
  (index) => verifyToken(markedToken(index, {}, { crit: [kidMark(index)] })),
  (index) => verifyToken(markedToken(index, { iss: claimMark(index) })),
  (index) => verifyToken(markedToken(index, {}, { alg: kidMark(index) })),
  (index) => verifyToken(markedToken(index, { exp: nowSeconds - 600 })),
  (index) => ask(unsignedMarkedToken(index)),
  (index) => ask(markedToken(index, { aud: claimMark(index) })),
  (index) => verifyToken(markedToken(index, { cnf: { jkt: claimMark(index) } })),
]

/** A reference to each error of a million would be most of the heap. */
const watched = 5000
const errors: WeakRef<AuthError>[] = []

async function refuse(from: number, to: number): Promise<void> {
  for (let index = from; index < to; index++) {
    const error = await refusals[index % refusals.length]?.(index).catch((reason: unknown) => reason)
    if (!isAuthError(error)) throw new Error('It was not refused', { cause: error })
    if (index >= to - watched) errors.push(new WeakRef(error))
  }
}

await refuse(0, 2000)
errors.length = 0
const before = await heldBytes()
await refuse(2000, 2000 + count)
const grown = (await heldBytes()) - before
report({ grown, errors: await countHeld(errors), marks: await countInHeap(marks) })
// It serves until here: what goes with it was held.
close()
