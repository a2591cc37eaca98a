import type { JweKey } from './encryption/jwe-key.ts'
import { hasMethod } from './lib/properties.ts'
import type { IssuerKeys, KeySourceStatus } from './keys/key-source.ts'

/** The state of an issuer's keys, for a health check. Keys that are not fetched, as those that decrypt, have no times. */
export interface KeyStatus extends KeySourceStatus {
  readonly issuer: string | null
}

interface Watched {
  readonly issuer: string | null
  readonly keys: IssuerKeys
  readonly decryptionKeys: readonly JweKey[]
}

/** Why keys could not be made ready; null where they could, or were not yet asked to be. */
interface Failures {
  readonly source: unknown
  readonly decryption: unknown
}

const none: Failures = { source: null, decryption: null }

/** Makes what an Auth tells of the keys of its issuers, and does for them. */
export function createKeyStatus(issuers: readonly Watched[]) {
  const failures = new Map<Watched, Failures>()
  const keys = () => issuers.map((issuer) => stateOf(issuer, failures.get(issuer) ?? none))
  return {
    ready: async (): Promise<KeyStatus[]> => {
      await Promise.all(issuers.map(async (issuer) => failures.set(issuer, await failuresOf(issuer))))
      return keys()
    },
    keyStatus: keys,
    close: () => closeAll(issuers),
  }
}

async function failuresOf({ keys, decryptionKeys }: Watched): Promise<Failures> {
  const [source, decryption] = await Promise.all([
    failureOf(async () => (hasMethod(keys, 'ready') ? keys.ready?.() : undefined)),
    failureOf(async () => Promise.all(decryptionKeys.map(async (key) => key.import()))),
  ])
  return { source, decryption }
}

async function failureOf(getReady: () => Promise<unknown>): Promise<unknown> {
  try {
    await getReady()
    return null
  } catch (error) {
    return error
  }
}

/** What a source knows of itself is newer than its failure; a key that cannot be imported stays so. */
function stateOf({ issuer, keys }: Watched, { source, decryption }: Failures): KeyStatus {
  const unknown = { issuer, fetchedAt: null, nextRefreshAt: null }
  try {
    const state = { ...unknown, lastError: source, ...(hasMethod(keys, 'status') ? keys.status?.() : null) }
    return Object.freeze(decryption === null ? state : { ...state, lastError: decryption })
  } catch (lastError) {
    return Object.freeze({ ...unknown, lastError })
  }
}

/** Closes every source, also behind one that throws. */
function closeAll([first, ...rest]: readonly Watched[]): void {
  if (first === undefined) return
  try {
    if (hasMethod(first.keys, 'close')) first.keys.close?.()
  } finally {
    closeAll(rest)
  }
}
