import { createPublicKey, createSecretKey } from 'node:crypto'
import jsonwebtoken from 'jsonwebtoken'
import type { Algorithm } from 'jsonwebtoken'
import type { Operation } from '../../race/stopwatch.ts'
import type { BenchAlgorithm, Terms } from '../../tokens/issuer.ts'

const known: Readonly<Record<BenchAlgorithm, Algorithm | null>> = {
  HS256: 'HS256',
  RS256: 'RS256',
  PS256: 'PS256',
  ES256: 'ES256',
  EdDSA: null,
}

/** A KeyObject, one of the forms that its README lists: it would parse a PEM on each call. */
export async function makeJsonwebtoken({ issuer, audience, algorithm, key }: Terms): Promise<Operation | null> {
  const own = known[algorithm]
  if (own === null) return null
  const keyObject = 'secret' in key ? createSecretKey(Buffer.from(key.secret)) : createPublicKey(key.publicKey)
  const options = { issuer, audience, algorithms: [own] }
  return { isAsync: false, perform: (token) => jsonwebtoken.verify(token, keyObject, options) }
}
