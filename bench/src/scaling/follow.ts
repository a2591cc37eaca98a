// A process of its own: it follows the revocations of all, and notes when it knew of each, to a millisecond. The first of
// them makes them as well.
import { setTimeout } from 'node:timers/promises'
import { answerParent } from '../children/answer-parent.ts'
import { issuer, jtiOf, loadStores, tokenOf } from './entries.ts'

export interface Following {
  readonly socket: string
  readonly revocations: number
  readonly pauseMilliseconds: number
}

/** Milliseconds of a clock that all processes of the machine share. */
export type Times = readonly number[]

answerParent<Following, 'revoke' | 'times', Times>(async ({ socket, revocations: count, pauseMilliseconds }) => {
  const { revocations } = await loadStores(socket)
  const known = noteWhenKnown(count, (index) => revocations.isRevoked(tokenOf(index)) === true)
  const revoke = async (): Promise<Times> => {
    const begun: number[] = []
    for (let index = 0; index < count; index++) {
      begun.push(sharedClock())
      await revocations.revokeToken({ issuer, jti: jtiOf(index), until: Math.floor(Date.now() / 1000) + 300 })
      await setTimeout(pauseMilliseconds)
    }
    return begun
  }
  return (question) => (question === 'revoke' ? revoke() : known)
})

async function noteWhenKnown(count: number, isKnown: (index: number) => boolean): Promise<Times> {
  const times: number[] = []
  while (times.length < count) {
    while (times.length < count && isKnown(times.length)) times.push(sharedClock())
    await setTimeout(1)
  }
  return times
}

function sharedClock(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
