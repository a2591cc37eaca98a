import { base64url, exportSPKI, importJWK } from 'jose'
import type { CryptoKey } from 'jose'
import { z } from 'zod'
import type { WrittenSettings } from './judge.ts'

/** A JWK as vectors print it: public, private or secret. */
export const publishedJwk = z.looseObject({ kty: z.string(), alg: z.string().exactOptional() })
export type PublishedJwk = z.infer<typeof publishedJwk>

/** The private members of RSA, EC and OKP keys (RFC 7518 section 6, RFC 8037 section 2), and the secret itself. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']

export function isPrivate(jwk: PublishedJwk): boolean {
  return privateMembers.some((name) => name in jwk)
}

export function publicPart(jwk: PublishedJwk): PublishedJwk {
  return publishedJwk.parse(Object.fromEntries(Object.entries(jwk).filter(([name]) => !privateMembers.includes(name))))
}

export function secretBytes(jwk: PublishedJwk): Uint8Array {
  return base64url.decode(z.string().parse(jwk['k']))
}

/** The options for JWKs. A JWK Set accepts no secrets, so they are passed as `secret` with their `alg`. */
export function asKeySet(keys: readonly PublishedJwk[]): WrittenSettings {
  if (!keys.every(({ kty }) => kty === 'oct')) return { keys: { jwks: { keys } } }
  return { keys: { secret: keys.map(secretBytes) }, algorithms: [...new Set(keys.map(({ alg }) => alg))] }
}

export function asJwk(jwk: PublishedJwk): WrittenSettings {
  return { keys: { publicKey: jwk } }
}

/** PEM contains no `alg`, so it is passed as an option. */
export async function asPem(jwk: PublishedJwk): Promise<WrittenSettings> {
  const key = await importJWK(jwk, z.string().parse(jwk.alg), { extractable: true })
  return { keys: { publicKey: await exportSPKI(key as CryptoKey) }, algorithms: [jwk.alg] }
}
