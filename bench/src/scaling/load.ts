// Runs in its own process, with --expose-gc: how long it takes to load the active entries, and their memory.
import { bytesInUse, handleCommands } from '../lib/child-process.ts'
import { openStores, tokenOf } from './entries.ts'

export interface LoadSetup {
  readonly socket: string
  /** An empty Redis, to measure what the process itself needs. */
  readonly emptySocket: string
  readonly entries: number
}

export interface LoadCost {
  readonly milliseconds: number
  readonly bytes: number
}

handleCommands<LoadSetup, 'load', LoadCost>(async ({ socket, emptySocket, entries }) => async () => {
  // Code and one-time setup, which belong to no entry.
  ;(await openStores(emptySocket)).close()
  const before = bytesInUse()
  const start = performance.now()
  const stores = await openStores(socket)
  const milliseconds = performance.now() - start
  const bytes = bytesInUse() - before
  const isKnown = [0, entries - 1].every((index) => stores.revocations.isRevoked(tokenOf(index)) === true)
  if (!isKnown || stores.state().entries !== entries) throw new Error('Some entries were not loaded')
  return { milliseconds, bytes }
})
