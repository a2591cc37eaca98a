import { createHmac, createPublicKey, createSecretKey, timingSafeEqual, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Operation } from '../race/stopwatch.ts'
import type { BenchAlgorithm, Terms } from '../tokens/issuer.ts'

interface Parts {
  readonly input: Buffer
  readonly signature: Buffer
}

/**
 * The baseline: only the signature, with the bytes prepared in advance and the inputs that node:crypto is fastest with:
 * a KeyObject, for PS256 one of type rsa-pss, and for ES256 a DER signature. The look-up of the prepared bytes takes
 * one percent of the cheapest check.
 */
export async function prepareNodeCrypto(terms: Terms, tokens: readonly string[]): Promise<Operation> {
  const parts = new Map(tokens.map((token) => [token, split(token, terms.algorithm)]))
  const isValid = createCheck(terms)
  return {
    isAsync: false,
    perform: (token) => {
      const found = parts.get(token)
      return found !== undefined && isValid(found)
    },
  }
}

function createCheck({ algorithm, key }: Terms): (parts: Parts) => boolean {
  if ('secret' in key) {
    const secret = createSecretKey(Buffer.from(key.secret))
    return ({ input, signature }) => {
      return timingSafeEqual(createHmac('sha256', secret).update(input).digest(), signature)
    }
  }
  const publicKey = createPublicKey(key.publicKey)
  const hash = algorithm === 'EdDSA' ? null : 'sha256'
  const fastestKey: KeyObject = algorithm === 'PS256' ? toRsaPssKey(publicKey) : publicKey
  return ({ input, signature }) => verify(hash, input, fastestKey, signature)
}

function split(token: string, algorithm: BenchAlgorithm): Parts {
  const dot = token.lastIndexOf('.')
  const signature = Buffer.from(token.slice(dot + 1), 'base64url')
  return { input: Buffer.from(token.slice(0, dot)), signature: algorithm === 'ES256' ? toDer(signature) : signature }
}

/** Converts a JWS signature, r followed by s, to the DER that OpenSSL expects (RFC 3279 section 2.2.3). */
function toDer(signature: Buffer): Buffer {
  const half = signature.length / 2
  const content = Buffer.concat([derInteger(signature.subarray(0, half)), derInteger(signature.subarray(half))])
  return Buffer.concat([Buffer.from([0x30, content.length]), content])
}

function derInteger(bytes: Buffer): Buffer {
  const first = Math.max(
    0,
    bytes.findIndex((byte) => byte !== 0),
  )
  const trimmed = bytes.subarray(first)
  const padded = (trimmed[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed
  return Buffer.concat([Buffer.from([0x02, padded.length]), padded])
}

/** AlgorithmIdentifier of RSASSA-PSS with SHA-256 and 32 bytes of salt (RFC 4055 section 3.1). */
const rsassaPss = Buffer.from(
  '304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120',
  'hex',
)
/** AlgorithmIdentifier of rsaEncryption (RFC 3279 section 2.3.1), which has the same length in every key. */
const rsaEncryption = Buffer.from('300d06092a864886f70d0101010500', 'hex')

/** Binds an RSA key to RSASSA-PSS. node:crypto then needs no options, which make a check half as slow again. */
function toRsaPssKey(key: KeyObject): KeyObject {
  const der = key.export({ format: 'der', type: 'spki' })
  const index = der.indexOf(rsaEncryption)
  const content = Buffer.concat([rsassaPss, der.subarray(index + rsaEncryption.length)])
  const length = Buffer.from([0x30, 0x82, content.length >> 8, content.length & 0xff])
  return createPublicKey({ key: Buffer.concat([length, content]), format: 'der', type: 'spki' })
}
