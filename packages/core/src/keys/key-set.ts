import { hasOwn } from '../lib/properties.ts'
import { getOwn } from '../lib/json.ts'
import { FetchFailure } from './fetch-json.ts'
import type { FetchedJson } from './fetch-json.ts'
import { isAmbiguousWith, readJwk } from './jwk.ts'
import { importAll } from './verification-key.ts'
import type { VerificationKey } from './verification-key.ts'

const maxKeys = 100

/** The keys of a JWK Set that may verify, by the text of their JWKs. */
export type CachedKeys = ReadonlyMap<string, VerificationKey>

/** Reads a fetched JWK Set; a key that stood in the last one as well stays the same object, so its tokens stay known. */
export type ReadKeySet = (document: FetchedJson, held: CachedKeys) => Promise<CachedKeys>

/** Makes a reader that leaves out what may not verify, and warns once of each kind of it. */
export function createKeySetReader(warn: (message: string) => void): ReadKeySet {
  const warned = new Set<string>()
  const leaveOut = (fault: string) => {
    if (!warned.has(fault)) warn(`Ignoring a key of the JWK Set: ${fault}`)
    warned.add(fault)
  }
  return async ({ body }, held) => {
    const entries = getOwn(body, 'keys')
    if (!Array.isArray(entries)) throw new FetchFailure('the response is not a JWK Set')
    if (entries.length > maxKeys) throw new FetchFailure(`the JWK Set has more than ${maxKeys} keys`)
    const read = new Map<string, VerificationKey>()
    for (const entry of entries) {
      const text = JSON.stringify(entry)
      const key = held.get(text) ?? readJwk(entry)
      if (hasOwn(key, 'fault')) {
        if (!key.foreign) leaveOut(key.fault)
      } else if (read.has(text)) leaveOut('a duplicate of another key')
      else if (await isUsable(key)) read.set(text, key)
      else leaveOut('a key that this runtime cannot import')
    }
    return withoutTwins(read, leaveOut)
  }
}

async function isUsable(key: VerificationKey): Promise<boolean> {
  return importAll(key).then(
    () => true,
    () => false,
  )
}

/** Two keys of one name and algorithm leave no telling which was meant. */
function withoutTwins(read: Map<string, VerificationKey>, leaveOut: (fault: string) => void): CachedKeys {
  const keys = [...read.values()]
  for (const [text, key] of read) {
    if (!keys.some((other) => other !== key && isAmbiguousWith(key, other))) continue
    leaveOut('a key with the same kid and algorithm as another')
    read.delete(text)
  }
  return read
}
