import { createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** AlgorithmIdentifier of RSASSA-PSS with SHA-256 and 32 bytes of salt (RFC 4055 section 3.1). */
const rsassaPss = Buffer.from(
  '304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120',
  'hex',
)
/** AlgorithmIdentifier of rsaEncryption (RFC 3279 section 2.3.1), of the same length in every key. */
const rsaEncryption = Buffer.from('300d06092a864886f70d0101010500', 'hex')

/** The same RSA key, bound to RSASSA-PSS: node:crypto then needs no options, which cost it half as much again. */
export function toRsaPssKey(key: KeyObject): KeyObject {
  const der = key.export({ format: 'der', type: 'spki' })
  const at = der.indexOf(rsaEncryption)
  const content = Buffer.concat([rsassaPss, der.subarray(at + rsaEncryption.length)])
  const length = Buffer.from([0x30, 0x82, content.length >> 8, content.length & 0xff])
  return createPublicKey({ key: Buffer.concat([length, content]), format: 'der', type: 'spki' })
}
