import { AuthError } from '@claimcheck/core'
import type { KeyQuery, KeySource } from '@claimcheck/core'

/** A key source that holds nothing, and notes what it is asked: what is refused before cryptography leaves no note. */
export function askedKeys(): { readonly keys: KeySource; readonly asked: readonly KeyQuery[] } {
  const asked: KeyQuery[] = []
  const find = (query: KeyQuery) => {
    asked.push(query)
    throw new AuthError('key_not_found')
  }
  return { keys: { find, has: () => false }, asked }
}
