import { base64url } from 'jose'
import { SessionStoreUnavailableError } from '../failure/errors.ts'
import type { PublicFacts } from './read-signing-key.ts'
import { signingInput } from './sign-compact.ts'
import type { ExternalSigningKey, Signer } from './signing-key.ts'

/**
 * Signs where the key is. Each signature is verified with the public key before it leaves, so that a signer that is set
 * up wrongly fails here and not at every API.
 */
export function createExternalSigner(
  { algorithm, kid, publicJwk, verificationKey }: PublicFacts,
  sign: ExternalSigningKey['sign'],
): Signer {
  return Object.freeze({
    algorithm,
    isExternal: true,
    kid,
    publicJwk,
    verificationKey,
    secret: null,
    async ready() {
      await verificationKey.checks(algorithm)
    },
    async sign(payload: Readonly<Record<string, unknown>>, typ: string) {
      const input = signingInput({ header: { alg: algorithm, typ, kid }, payload })
      const result: unknown = await sign(new TextEncoder().encode(input))
      const signature = copyBytes(result)
      if (signature === null) throw wrongResult(`sign must give the signature of ${kid} as a Uint8Array`)
      const token = `${input}.${base64url.encode(signature)}`
      const checks = await verificationKey.checks(algorithm)
      const jws = { token, signedLength: input.length, signature }
      const verdicts = await Promise.all(checks.map(async (check) => check(jws)))
      if (verdicts.includes(true)) return token
      const form = algorithm.startsWith('ES') ? ', as r and s and not as DER,' : ''
      throw wrongResult(`sign must give what ${algorithm} makes of its input${form} with the private key of ${kid}`)
    },
  })
}

/** null for anything else, such as an object that only inherits from Uint8Array. */
function copyBytes(value: unknown): Uint8Array<ArrayBuffer> | null {
  try {
    return value instanceof Uint8Array ? new Uint8Array(value) : null
  } catch {
    return null
  }
}

function wrongResult(message: string): SessionStoreUnavailableError {
  return new SessionStoreUnavailableError('sign', new TypeError(message), message)
}
