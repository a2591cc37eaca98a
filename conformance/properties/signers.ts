import type { Jwk } from '@claimcheck/core'
import { CompactSign, exportJWK, generateKeyPair } from 'jose'
import { audience, goodClaims, issuer, now, signHmac, secret } from '../src/hmac-issuer.ts'

/** An algorithm with its own key, and the options of an Auth that accepts its tokens. */
export interface Signer {
  readonly algorithm: string
  readonly options: ReturnType<typeof optionsWith>
  /** Signs the payload with a header of this algorithm and these members. */
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

/** The options of an Auth with the public keys of all signers in one set. */
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

/** A valid token of each signer. */
export const goodTokens: readonly string[] = await Promise.all(
  signers.map(({ sign }) => sign(JSON.stringify(goodClaims))),
)

function optionsWith(keys: Keys) {
  return { issuer, audience, keys, now }
}
