import { createPrivateKey, createPublicKey } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { generateKeys } from '@claimcheck/issuer'
import type { PrivateSigningKey, SigningAlgorithm } from '@claimcheck/issuer'
import { UsageError } from '../lib/exit-codes.ts'

/** One file of a new key. */
export interface KeyFile {
  /** The end of the file name, such as `private.json`. */
  readonly extension: string
  readonly isSecret: boolean
  readonly text: string
}

/** A new key, as files. */
export interface GeneratedKey {
  readonly algorithm: SigningAlgorithm
  /** null for a secret. */
  readonly kid: string | null
  readonly files: readonly KeyFile[]
}

/** Generates a secret or a key pair, in the JSON form that issuer and core accept as `keys`, or as PEM. Rejects with a ConfigError. */
export async function generateKeyFiles(algorithm: SigningAlgorithm, format: 'jwk' | 'pem'): Promise<GeneratedKey> {
  const key = await generateKeys(algorithm)
  if ('secret' in key) {
    const text = String(key.secret)
    return { algorithm, kid: null, files: [{ extension: 'secret.txt', isSecret: true, text }] }
  }
  const { privateKey: jwk } = key
  return { algorithm, kid: String(jwk['kid']), files: format === 'pem' ? toPemFiles(jwk) : toJsonFiles(key) }
}

type PrivateJwk = PrivateSigningKey['privateKey']

function toJsonFiles(key: PrivateSigningKey): readonly KeyFile[] {
  const { kid, alg, use } = key.privateKey
  const publicKey = { ...createPublicKey(toKeyObject(key.privateKey)).export({ format: 'jwk' }), kid, alg, use }
  return [
    { extension: 'private.json', isSecret: true, text: JSON.stringify(key, null, 2) },
    { extension: 'public.json', isSecret: false, text: JSON.stringify({ keys: [publicKey] }, null, 2) },
  ]
}

function toPemFiles(jwk: PrivateJwk): readonly KeyFile[] {
  const privateKey = toKeyObject(jwk)
  return [
    {
      extension: 'private.pem',
      isSecret: true,
      text: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim(),
    },
    {
      extension: 'public.pem',
      isSecret: false,
      text: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString().trim(),
    },
  ]
}

function toKeyObject(jwk: PrivateJwk) {
  return createPrivateKey({ key: { ...jwk }, format: 'jwk' })
}

/** Writes the files as `<name>.<extension>` and returns their paths. Writes all or none, and overwrites nothing. Throws a UsageError. */
export async function writeKeyFiles(name: string, files: readonly KeyFile[]): Promise<readonly string[]> {
  const paths = files.map(({ extension }) => `${name}.${extension}`)
  const created: string[] = []
  try {
    for (const [index, { text, isSecret }] of files.entries()) {
      const path = paths[index] ?? name
      // The mode is set when the file is created. Set later, another user could open the file in between.
      const file = await open(path, 'wx', isSecret ? 0o600 : 0o644)
      created.push(path)
      await file.writeFile(`${text}\n`).finally(async () => file.close())
    }
    return paths
  } catch (error) {
    await Promise.all(created.map(async (path) => rm(path, { force: true })))
    throw toUsageError(error, paths)
  }
}

function toUsageError(error: unknown, paths: readonly string[]): unknown {
  const { code, path } = error instanceof Error ? (error as NodeJS.ErrnoException) : {}
  const name = path ?? paths.join(' and ')
  if (code === 'EEXIST') return new UsageError(`${name} already exists. Choose another --out.`)
  if (code === 'ENOENT') return new UsageError(`The folder of ${name} does not exist.`)
  return code === undefined ? error : new UsageError(`Cannot write ${name} (${code}).`)
}
