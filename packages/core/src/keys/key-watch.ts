import type { KeySource, KeySourceState } from './key-source.ts'

/** The state of an issuer's keys, for a health check. Keys that are not fetched have no times. */
export interface IssuerState extends KeySourceState {
  readonly issuer: string | null
}

interface Watched {
  readonly issuer: string | null
  readonly keys: KeySource
}

/** Makes what an Auth tells of the keys of its issuers, and does for them. */
export function createKeyWatch(issuers: readonly Watched[]) {
  const failures = new Map<Watched, unknown>()
  const keys = () => issuers.map((issuer) => stateOf(issuer, failures.get(issuer) ?? null))
  return {
    ready: async (): Promise<IssuerState[]> => {
      await Promise.all(issuers.map(async (issuer) => failures.set(issuer, await failureOf(issuer))))
      return keys()
    },
    keys,
    close: () => closeAll(issuers),
  }
}

async function failureOf({ keys }: Watched): Promise<unknown> {
  try {
    await keys.ready?.()
    return null
  } catch (error) {
    return error
  }
}

function stateOf({ issuer, keys }: Watched, failure: unknown): IssuerState {
  const unknown = { issuer, fetchedAt: null, nextRefreshAt: null }
  try {
    return Object.freeze({ ...unknown, lastError: failure, ...keys.state?.() })
  } catch (lastError) {
    return Object.freeze({ ...unknown, lastError })
  }
}

/** Closes every source, also behind one that throws. */
function closeAll([first, ...rest]: readonly Watched[]): void {
  if (first === undefined) return
  try {
    first.keys.close?.()
  } finally {
    closeAll(rest)
  }
}
