// Rejects this many tokens, of every kind in turn, and reports what is retained of them.
import { createAuth, isAuthError } from '@claimcheck/core'
import type { AuthError } from '@claimcheck/core'
import { hmacOptions, nowSeconds } from '../../src/hmac-issuer.ts'
import { count, countRetained, countInHeap, heapBytes, report } from './heap.ts'
import { claimMark, kidMark, markedToken, marks, textMark, unsignedMarkedToken } from './marked-tokens.ts'

const { verifyToken, authenticate, close } = createAuth(hmacOptions)
const authenticateWith = (credentials: string) => authenticate({ headers: { authorization: `Bearer ${credentials}` } })

/** One token for each step that can reject it. */
const rejections: readonly ((index: number) => Promise<unknown>)[] = [
  (index) => authenticateWith(`${markedToken(index)} ${textMark(index)}`),
  (index) => verifyToken(`${textMark(index)}.${claimMark(index)}`),
  (index) => verifyToken(textMark(index).padEnd(9000, 'A')),
  (index) => verifyToken(markedToken(index, {}, { crit: [kidMark(index)] })),
  (index) => verifyToken(markedToken(index, { iss: claimMark(index) })),
  (index) => verifyToken(markedToken(index, {}, { alg: kidMark(index) })),
  (index) => verifyToken(markedToken(index, { exp: nowSeconds - 600 })),
  (index) => authenticateWith(unsignedMarkedToken(index)),
  (index) => authenticateWith(markedToken(index, { aud: claimMark(index) })),
  (index) => verifyToken(markedToken(index, { cnf: { jkt: claimMark(index) } })),
]

/** References to all errors of a million tokens would be most of the heap. */
const watched = 5000
const errors: WeakRef<AuthError>[] = []

async function reject(from: number, to: number): Promise<void> {
  for (let index = from; index < to; index++) {
    const error = await rejections[index % rejections.length]?.(index).catch((reason: unknown) => reason)
    if (!isAuthError(error)) throw new Error('It was not rejected', { cause: error })
    if (index >= to - watched) errors.push(new WeakRef(error))
  }
}

await reject(0, 2000)
errors.length = 0
const before = await heapBytes()
await reject(2000, 2000 + count)
const grown = (await heapBytes()) - before
report({ grown, errors: await countRetained(errors), marks: await countInHeap(marks) })
// The Auth is still in use until here, so that what it retains is measured.
close()
