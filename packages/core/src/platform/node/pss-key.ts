import { createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { bitString, fromHex, integer, sequence, writeElement } from '../../lib/der.ts'
import { withoutPrototype } from '../../lib/properties.ts'

const [hashField, maskField, saltField] = [0xa0, 0xa1, 0xa2]

/** Object identifiers, as whole elements in hex. */
const rsassaPss = '06092a864886f70d01010a'
const mgf1 = '06092a864886f70d010108'
const hashes: Readonly<Record<string, string>> = {
  sha256: '0609608648016503040201',
  sha384: '0609608648016503040202',
  sha512: '0609608648016503040203',
}
const nullElement = '0500'

/**
 * Converts an RSA key to one that verifies only RSASSA-PSS with this hash and a salt of the same length (RFC 4055
 * section 3.1). Node verifies with such a key a quarter faster than with a key and separate padding options.
 */
export function toPssKey(key: KeyObject, hash: string): KeyObject {
  const digest = writeElement(sequence, fromHex(hashes[hash] ?? ''), fromHex(nullElement))
  const mask = writeElement(sequence, fromHex(mgf1), digest)
  const salt = writeElement(integer, Uint8Array.of(Number(hash.slice('sha'.length)) / 8))
  const parameters = writeElement(
    sequence,
    writeElement(hashField, digest),
    writeElement(maskField, mask),
    writeElement(saltField, salt),
  )
  const algorithm = writeElement(sequence, fromHex(rsassaPss), parameters)
  const pkcs1 = key.export(withoutPrototype({ type: 'pkcs1', format: 'der' } as const))
  const spki = writeElement(sequence, algorithm, writeElement(bitString, Uint8Array.of(0), pkcs1))
  return createPublicKey(withoutPrototype({ key: Buffer.from(spki), type: 'spki', format: 'der' } as const))
}
