import { getOwn, hasOwn } from '../lib/properties.ts'
import { FetchFailure } from './fetch-json.ts'
import type { FetchedJson } from './fetch-json.ts'
import { isAmbiguousWith, readJwk } from './jwk.ts'
import { importAll } from './verification-key.ts'
import type { VerificationKey } from './verification-key.ts'

const maxKeys = 100

/** The usable keys of a JWK Set, by the JSON of their JWKs. */
export type CachedKeys = ReadonlyMap<string, VerificationKey>

/** Reads a fetched JWK Set. A key that `cached` contains stays the same object, so its verified tokens stay cached. */
export type ReadKeySet = (document: FetchedJson, cached: CachedKeys) => Promise<CachedKeys>

/** Creates a reader that ignores keys that cannot be used, and warns once about each reason. */
export function createKeySetReader(warn: (message: string) => void): ReadKeySet {
  const warned = new Set<string>()
  const ignore = (fault: string) => {
    if (!warned.has(fault)) warn(`Ignoring a key of the JWK Set: ${fault}`)
    warned.add(fault)
  }
  return async ({ body }, cached) => {
    const entries = getOwn(body, 'keys')
    if (!Array.isArray(entries)) throw new FetchFailure('the response is not a JWK Set')
    if (entries.length > maxKeys) throw new FetchFailure(`the JWK Set has more than ${maxKeys} keys`)
    const keys = new Map<string, VerificationKey>()
    for (const entry of entries) {
      const text = JSON.stringify(entry)
      const key = cached.get(text) ?? readJwk(entry)
      if (hasOwn(key, 'fault')) {
        if (!key.ignorable) ignore(key.fault)
      } else if (keys.has(text)) ignore('a duplicate of another key')
      else if (await isUsable(key)) keys.set(text, key)
      else ignore('a key that this runtime cannot import')
    }
    return dropAmbiguous(keys, ignore)
  }
}

async function isUsable(key: VerificationKey): Promise<boolean> {
  return importAll(key).then(
    () => true,
    () => false,
  )
}

/** Removes all keys that share their kid and algorithm with another: choosing one of them would be a guess. */
function dropAmbiguous(keys: Map<string, VerificationKey>, ignore: (fault: string) => void): CachedKeys {
  const all = [...keys.values()]
  for (const [text, key] of keys) {
    if (!all.some((other) => other !== key && isAmbiguousWith(key, other))) continue
    ignore('a key with the same kid and algorithm as another')
    keys.delete(text)
  }
  return keys
}
