import { ConfigError } from '@claimcheck/core'
import type { CryptoKey } from 'jose'
import type { PublicFacts } from './read-signing-key.ts'
import { importPrivateJwk, signCompact } from './sign-compact.ts'
import type { Signer } from './signing-key.ts'

/**
 * Signs with a private JWK, which is imported when it first signs. Until an import has ended, each request imports the
 * key by itself: an edge runtime may cancel the import together with its request.
 */
export function createPrivateSigner(
  field: string,
  jwk: Readonly<Record<string, unknown>>,
  { algorithm, kid, publicJwk, verificationKey }: PublicFacts,
): Signer {
  if (typeof jwk['d'] !== 'string' || jwk['d'] === '') {
    throw new ConfigError(field, 'a private key', 'one without its private part (d)')
  }
  const names = [...Object.keys(publicJwk), 'd', 'p', 'q', 'dp', 'dq', 'qi']
  const own = Object.fromEntries(names.flatMap((name) => (typeof jwk[name] === 'string' ? [[name, jwk[name]]] : [])))
  let key: CryptoKey | null = null
  const imported = async () => (key ??= await importKey())
  const importKey = async () => {
    try {
      return await importPrivateJwk({ ...own, ...publicJwk }, algorithm)
    } catch {
      // What a runtime says of a private key that it refuses is kept from every log.
      throw new ConfigError(
        field,
        `a private key for ${algorithm}, with its own public part`,
        'one that cannot sign so',
      )
    }
  }
  return Object.freeze({
    algorithm,
    isExternal: false,
    kid,
    publicJwk,
    verificationKey,
    secret: null,
    async ready() {
      await imported()
    },
    async sign(payload: Readonly<Record<string, unknown>>, typ: string) {
      return signCompact({ header: { alg: algorithm, typ, kid }, payload }, await imported(), algorithm)
    },
  })
}
