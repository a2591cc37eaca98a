/** What Redis contains of the revocations, as one script saw it. */
export interface LogState {
  /**
   * `empty`: nothing, as before the first start. `first`: only what was written before the first start was finished.
   * `whole`: all that was written and has not ended. `lost`: some of it is missing.
   */
  readonly kind: 'empty' | 'first' | 'whole' | 'lost'
  readonly lastId: string
  /** Names the data if they are whole. */
  readonly generation: string
  /** When a process noticed the loss, in seconds; null if none has written that down since something was lost last. */
  readonly lostAt: number | null
}

/** Reads the response of the script `look`; null if it is something else. */
export function readState(response: unknown): LogState | null {
  const [kind, lastId, detail]: unknown[] = Array.isArray(response) ? response : []
  if (typeof lastId !== 'string' || typeof detail !== 'string') return null
  if (kind === 'empty' || kind === 'first') return { kind, lastId, generation: '', lostAt: null }
  if (kind === 'whole') return { kind, lastId, generation: detail, lostAt: null }
  if (kind !== 'lost') return null
  const lostAt = detail === '' ? NaN : Number(detail)
  return { kind, lastId, generation: '', lostAt: Number.isFinite(lostAt) ? lostAt : null }
}

/** A name for the data of a first start, or for data that were restored after a loss. */
export function newGeneration(origin: 'first' | 'restored'): string {
  return `${origin}-${globalThis.crypto.randomUUID()}`
}

/** Whether another process restored these data after a loss. */
export function isRestored({ generation }: LogState): boolean {
  return generation.startsWith('restored-')
}
