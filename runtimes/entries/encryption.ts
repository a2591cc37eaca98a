// Signs, encrypts and decrypts with keys in every form that the runtime can make.
import { createDecrypter } from '@claimcheck/core/encryption'
import { createAuth } from '@claimcheck/core'
import type { DecryptionKey, EncryptionKey } from '@claimcheck/core/encryption'
import { createIssuer, generateKeys, importSigningKey } from '@claimcheck/issuer'
import type { SigningKey } from '@claimcheck/issuer'
import { exportJWK, exportPKCS8, exportSPKI, generateKeyPair } from 'jose'
import type { CryptoKey, JWK } from 'jose'
import { outcomeOf } from './outcome.ts'

const names = { issuer: 'https://issuer.test', audience: 'runtimes' }
const pairs = [
  ['RSA-OAEP-256', {}],
  ['ECDH-ES+A256KW', { crv: 'P-256' }],
  ['ECDH-ES+A256KW', { crv: 'P-384' }],
  ['ECDH-ES+A256KW', { crv: 'P-521' }],
  ['ECDH-ES+A256KW', { crv: 'X25519' }],
] as const

/** By the kind of the key and its form: what became of a token that was signed by it, or encrypted to it. */
export async function useEveryKey(): Promise<Record<string, string>> {
  const outcomes: Record<string, string> = {}
  for (const [alg, options] of pairs) {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, ...options })
    const forms = await formsOf(publicKey, privateKey)
    for (const [form, encrypting, decrypting] of forms) {
      const kind = 'crv' in options ? options.crv : 'RSA'
      outcomes[`encrypt ${kind} ${form}`] = await outcomeOf(encrypt(encrypting, decrypting))
    }
  }
  const secret = crypto.getRandomValues(new Uint8Array(32))
  outcomes['encrypt dir bytes'] = await outcomeOf(encrypt(secret, secret))
  for (const alg of ['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const) {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
    for (const [form, , key] of await formsOf(publicKey, privateKey)) {
      outcomes[`sign ${alg} ${form}`] = await outcomeOf(
        sign(await importSigningKey({ privateKey: key as JWK, algorithm: alg })),
      )
    }
    outcomes[`sign ${alg} generated`] = await outcomeOf(sign(await generateKeys(alg)))
  }
  return outcomes
}

async function formsOf(
  publicKey: CryptoKey,
  privateKey: CryptoKey,
): Promise<[form: string, encrypting: EncryptionKey, decrypting: DecryptionKey][]> {
  const publicJwk = await exportJWK(publicKey)
  const privateJwk = await exportJWK(privateKey)
  const absent = { oth: undefined, k: undefined, use: undefined, key_ops: undefined, alg: undefined }
  return [
    ['JWK', publicJwk as EncryptionKey, privateJwk as DecryptionKey],
    ['JWK with undefined members', { ...absent, d: undefined, ...publicJwk }, { ...absent, ...privateJwk }],
    ['PEM', await exportSPKI(publicKey), await exportPKCS8(privateKey)],
    ['CryptoKey', publicKey, privateKey],
    ...keyObjects(publicJwk, privateJwk),
  ]
}

interface NodeCrypto {
  createPublicKey(key: object): EncryptionKey
  createPrivateKey(key: object): DecryptionKey
}

function keyObjects(publicJwk: JWK, privateJwk: JWK): [string, EncryptionKey, DecryptionKey][] {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  const node = process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined
  if (node === undefined) return []
  const read = { format: 'jwk' }
  return [
    [
      'KeyObject',
      node.createPublicKey({ key: publicJwk, ...read }),
      node.createPrivateKey({ key: privateJwk, ...read }),
    ],
  ]
}

async function encrypt(encrypting: EncryptionKey, decrypting: DecryptionKey): Promise<void> {
  const keys = await generateKeys('HS256')
  const issuer = createIssuer({ ...names, clientId: 'web', keys, encrypt: { key: encrypting } })
  const auth = createAuth({ ...names, keys: { secret: keys.secret }, decrypt: createDecrypter({ keys: decrypting }) })
  await auth.verifyToken((await issuer.login({ sub: 'user-1' })).accessToken)
}

async function sign(keys: SigningKey): Promise<void> {
  const hasAbsent = 'privateKey' in keys && Object.values(keys.privateKey).includes(undefined)
  if (hasAbsent) throw new Error('The key has members that are undefined')
  const issuer = createIssuer({ ...names, clientId: 'web', keys })
  const auth = createAuth({ ...names, keys: { jwks: issuer.jwks().body as { keys: [] } }, profile: 'at+jwt' })
  await auth.verifyToken((await issuer.login({ sub: 'user-1' })).accessToken)
}
