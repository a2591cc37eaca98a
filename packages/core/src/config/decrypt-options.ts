import { ConfigError } from '../failure/errors.ts'
import type { JweKey } from '../encryption/jwe-key.ts'
import { readJweKey } from '../encryption/read-jwe-key.ts'
import type { DecryptionKey } from '../encryption/read-jwe-key.ts'
import type { SecretRegistry } from './secret-registry.ts'
import { at, readFields } from '../lib/options.ts'

/** What an issuer's tokens are decrypted with: one key, or several while one is being replaced. */
export interface DecryptSettings {
  readonly keys: DecryptionKey | readonly DecryptionKey[]
}

/** Parses the `decrypt` of an issuer; no key that could decrypt nothing is taken. */
export function parseDecrypt(field: string, value: unknown, uses: SecretRegistry): readonly JweKey[] {
  const path = at(field, 'keys')
  const written = readFields(field, value, ['keys']).get('keys')
  const list: readonly unknown[] = Array.isArray(written) ? written : [written]
  if (list.length === 0) throw new ConfigError(path, 'a key or a non-empty array of keys', 'an empty array')
  const keys = list.map((key, index) => readJweKey(list === written ? `${path}[${index}]` : path, key, 'private'))
  for (const key of keys) uses.addEncrypting(key)
  return Object.freeze(keys)
}
