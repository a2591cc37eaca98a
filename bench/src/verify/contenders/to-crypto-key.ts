import { importSPKI } from 'jose'
import type { CryptoKey } from 'jose'
import type { Terms } from '../../tokens/issuer.ts'

/** The key in the form of Web Cryptography, imported once. */
export async function toCryptoKey({ algorithm, key }: Terms): Promise<CryptoKey> {
  if ('publicKey' in key) return importSPKI(key.publicKey, algorithm)
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('raw', Buffer.from(key.secret), hmac, false, ['verify'])
}
