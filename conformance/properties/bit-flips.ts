import type { Auth, AuthErrorCode } from '@claimcheck/core'
import { expect } from 'vitest'
import { flipBit } from './arbitrary-token.ts'
import { expectPlainRefusal } from './expect-plain-refusal.ts'
import { verdictOf } from './verdict.ts'

/** A bit of the text of a token, told by its place in the whole. */
export function bitsOf(token: string): number {
  return token.length * 8
}

/** Expects that the token is refused, as the caller's fault, when one of its bits is turned over; by that code, if any. */
export async function expectFlipRefused(auth: Auth, token: string, bit: number, code?: AuthErrorCode): Promise<void> {
  const flipped = flipBit(Math.floor(bit / 8), bit % 8)(token)
  const { refusal } = await verdictOf(auth.verifyToken(flipped))
  if (refusal === null) expect.fail(`bit ${bit} of ${token} is turned over, and it is accepted`)
  expectPlainRefusal(refusal)
  if (code !== undefined && refusal.code !== code) expect.fail(`bit ${bit} of ${token}: ${refusal.code}`)
}
