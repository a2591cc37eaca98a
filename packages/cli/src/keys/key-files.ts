import { createPrivateKey, createPublicKey } from 'node:crypto'
import { generateKeys } from '@claimcheck/issuer'
import type { PrivateSigningKey, SigningAlgorithm } from '@claimcheck/issuer'

/** One half of a key, as the text of a file. */
export interface KeyFile {
  /** What the file is called, behind the name that its owner gives. */
  readonly ending: string
  readonly isSecret: boolean
  readonly text: string
}

/** A new key, as files. */
export interface MadeKey {
  readonly algorithm: SigningAlgorithm
  /** null for a secret. */
  readonly kid: string | null
  readonly files: readonly KeyFile[]
}

/** Makes a secret, or a key pair: as JSON that issuer and core take for `keys`, or as PEM. Rejects with a ConfigError. */
export async function makeKeyFiles(algorithm: SigningAlgorithm, format: 'jwk' | 'pem'): Promise<MadeKey> {
  const key = await generateKeys(algorithm)
  if ('secret' in key) {
    const text = String(key.secret)
    return { algorithm, kid: null, files: [{ ending: 'secret.txt', isSecret: true, text }] }
  }
  const { privateKey: jwk } = key
  return { algorithm, kid: String(jwk['kid']), files: format === 'pem' ? pemFiles(jwk) : jsonFiles(key) }
}

type PrivateJwk = PrivateSigningKey['privateKey']

function jsonFiles(key: PrivateSigningKey): readonly KeyFile[] {
  const { kid, alg, use } = key.privateKey
  const publicKey = { ...createPublicKey(keyObjectOf(key.privateKey)).export({ format: 'jwk' }), kid, alg, use }
  return [
    { ending: 'private.json', isSecret: true, text: JSON.stringify(key, null, 2) },
    { ending: 'public.json', isSecret: false, text: JSON.stringify({ keys: [publicKey] }, null, 2) },
  ]
}

function pemFiles(jwk: PrivateJwk): readonly KeyFile[] {
  const privateKey = keyObjectOf(jwk)
  return [
    {
      ending: 'private.pem',
      isSecret: true,
      text: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim(),
    },
    {
      ending: 'public.pem',
      isSecret: false,
      text: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString().trim(),
    },
  ]
}

function keyObjectOf(jwk: PrivateJwk) {
  return createPrivateKey({ key: { ...jwk }, format: 'jwk' })
}
