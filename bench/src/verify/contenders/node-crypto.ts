import { createHmac, createPublicKey, createSecretKey, timingSafeEqual, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Operation } from '../../race/stopwatch.ts'
import type { BenchAlgorithm, Terms } from '../../tokens/issuer.ts'
import { toDer } from './to-der.ts'
import { toRsaPssKey } from './to-rsa-pss-key.ts'

interface Parts {
  readonly input: Buffer
  readonly signature: Buffer
}

/**
 * The limit: the signature alone, of bytes that lie ready, in the form and by the call that node:crypto is fastest
 * with: a bare KeyObject, for PS256 of the type rsa-pss, for ES256 a signature in DER. To find these
 * bytes by the token takes a hundredth of the cheapest of them.
 */
export async function makeNodeCrypto(terms: Terms, tokens: readonly string[]): Promise<Operation> {
  const parts = new Map(tokens.map((token) => [token, split(token, terms.algorithm)]))
  const holds = checkOf(terms)
  return {
    isAsync: false,
    perform: (token) => {
      const found = parts.get(token)
      return found !== undefined && holds(found)
    },
  }
}

function checkOf({ algorithm, key }: Terms): (parts: Parts) => boolean {
  if ('secret' in key) {
    const secret = createSecretKey(Buffer.from(key.secret))
    return ({ input, signature }) => {
      return timingSafeEqual(createHmac('sha256', secret).update(input).digest(), signature)
    }
  }
  const given = createPublicKey(key.publicKey)
  const hash = algorithm === 'EdDSA' ? null : 'sha256'
  const fit: KeyObject = algorithm === 'PS256' ? toRsaPssKey(given) : given
  return ({ input, signature }) => verify(hash, input, fit, signature)
}

function split(token: string, algorithm: BenchAlgorithm): Parts {
  const dot = token.lastIndexOf('.')
  const signature = Buffer.from(token.slice(dot + 1), 'base64url')
  return { input: Buffer.from(token.slice(0, dot)), signature: algorithm === 'ES256' ? toDer(signature) : signature }
}
