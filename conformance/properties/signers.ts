import type { Jwk } from '@claimcheck/core'
import { CompactSign, exportJWK, generateKeyPair } from 'jose'
import { audience, goodClaims, issuer, now, signHmac, secret } from './hmac-issuer.ts'

/** An algorithm with a key of its own, and the options of an Auth that takes what the key signs. */
export interface Signer {
  readonly algorithm: string
  readonly options: ReturnType<typeof optionsWith>
  /** Signs the payload under a header with this algorithm and these members beside. */
  sign(payload: string, header?: Readonly<Record<string, unknown>>): Promise<string>
}

type Keys = { readonly secret: string } | { readonly jwks: { readonly keys: readonly Jwk[] } }

const pairs = await Promise.all(
  ['RS256', 'PS256', 'ES256', 'EdDSA'].map(async (algorithm) => {
    const { publicKey, privateKey } = await generateKeyPair(algorithm)
    const jwk: Jwk = { ...(await exportJWK(publicKey)), kid: algorithm, alg: algorithm, use: 'sig' }
    return { algorithm, privateKey, jwk }
  }),
)

/** The options of an Auth that holds the public keys of all, in one set. */
export const optionsOfAll = optionsWith({ jwks: { keys: pairs.map(({ jwk }) => jwk) } })

/** One signer for each kind of signature. */
export const signers: readonly Signer[] = [
  {
    algorithm: 'HS256',
    options: optionsWith({ secret }),
    sign: async (payload, header = {}) => signHmac(payload, JSON.stringify({ alg: 'HS256', ...header })),
  },
  ...pairs.map(({ algorithm, privateKey, jwk }): Signer => ({
    algorithm,
    options: optionsWith({ jwks: { keys: [jwk] } }),
    sign: (payload, header = {}) =>
      new CompactSign(new TextEncoder().encode(payload))
        .setProtectedHeader({ alg: algorithm, kid: algorithm, ...header })
        .sign(privateKey),
  })),
]

/** A good token of each signer. */
export const goodTokens: readonly string[] = await Promise.all(
  signers.map(({ sign }) => sign(JSON.stringify(goodClaims))),
)

function optionsWith(keys: Keys) {
  return { issuer, audience, keys, now }
}
