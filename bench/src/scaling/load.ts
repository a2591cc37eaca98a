// A process of its own, with --expose-gc: how long it takes to load the live entries, and what they take then.
import { answerParent } from '../children/answer-parent.ts'
import { loadStores, tokenOf } from './entries.ts'

export interface Loading {
  readonly socket: string
  /** Of an empty Redis: what a process needs for itself. */
  readonly emptySocket: string
  readonly entries: number
}

export interface Loaded {
  readonly milliseconds: number
  readonly bytes: number
}

answerParent<Loading, 'load', Loaded>(async ({ socket, emptySocket, entries }) => async () => {
  // Code and what it sets up once, that is no entry's.
  ;(await loadStores(emptySocket)).close()
  const before = bytesInUse()
  const begun = performance.now()
  const stores = await loadStores(socket)
  const milliseconds = performance.now() - begun
  const bytes = bytesInUse() - before
  const isKnown = [0, entries - 1].every((index) => stores.revocations.isRevoked(tokenOf(index)) === true)
  if (!isKnown || stores.state().entries !== entries) throw new Error('Not all was loaded')
  return { milliseconds, bytes }
})

function bytesInUse(): number {
  if (globalThis.gc === undefined) throw new Error('It needs --expose-gc')
  for (let time = 0; time < 4; time++) globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
