// Runs in its own process: notes to the millisecond when it learned of each revocation. The first process also revokes.
import { setTimeout } from 'node:timers/promises'
import { handleCommands } from '../lib/child-process.ts'
import { issuer, jtiOf, openStores, tokenOf } from './entries.ts'

export interface FollowSetup {
  readonly socket: string
  readonly revocations: number
  readonly pauseMilliseconds: number
}

/** Milliseconds of a clock that all processes on the host share. */
export type Times = readonly number[]

handleCommands<FollowSetup, 'revoke' | 'times', Times>(async ({ socket, revocations: count, pauseMilliseconds }) => {
  const { revocations } = await openStores(socket)
  const known = recordTimes(count, (index) => revocations.isRevoked(tokenOf(index)) === true)
  const revoke = async (): Promise<Times> => {
    const started: number[] = []
    for (let index = 0; index < count; index++) {
      started.push(sharedClock())
      await revocations.revokeToken({ issuer, jti: jtiOf(index), until: Math.floor(Date.now() / 1000) + 300 })
      await setTimeout(pauseMilliseconds)
    }
    return started
  }
  return (command) => (command === 'revoke' ? revoke() : known)
})

async function recordTimes(count: number, isKnown: (index: number) => boolean): Promise<Times> {
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
