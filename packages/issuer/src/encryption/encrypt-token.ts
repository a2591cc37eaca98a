import { CompactEncrypt } from 'jose'
import type { EncryptionSettings } from '../keys/encryption.ts'

const text = new TextEncoder()

/**
 * Encrypts a signed token to a nested one (RFC 7519 section 5.2). Its header names the algorithms, the key and that a JWT
 * is inside; no claim is repeated there, and nothing is compressed. Rejects where the runtime cannot import the key.
 */
export async function encryptToken(jws: string, { key, enc }: EncryptionSettings): Promise<string> {
  const named = key.kid === null ? {} : { kid: key.kid }
  return new CompactEncrypt(text.encode(jws))
    .setProtectedHeader({ alg: key.algorithm, enc, cty: 'JWT', ...named })
    .encrypt(await key.import())
}
