import { generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Canary } from './canary.ts'

/** A private key in the forms that users may paste by mistake, and its canaries. */
interface PrivateKey {
  readonly name: string
  readonly keyObject: KeyObject
  readonly jwk: Readonly<Record<string, unknown>>
  /** PEM with every label that OpenSSL writes for the key. */
  readonly pems: readonly string[]
  readonly canaries: readonly Canary[]
}

const encryption = { cipher: 'aes-256-cbc', passphrase: 'x' } as const

export const privateKeys: readonly PrivateKey[] = [
  describe('RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 'pkcs1'),
  describe('EC', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'sec1'),
  describe('Ed25519', generateKeyPairSync('ed25519').privateKey, 'pkcs8'),
  describe('X25519', generateKeyPairSync('x25519').privateKey, 'pkcs8'),
]

function describe(name: string, keyObject: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1'): PrivateKey {
  const pems = [
    keyObject.export({ type: 'pkcs8', format: 'pem' }),
    keyObject.export({ type: 'pkcs8', format: 'pem', ...encryption }),
    ...(type === 'pkcs8' ? [] : [keyObject.export({ type, format: 'pem' })]),
  ].map(String)
  const jwk = { ...keyObject.export({ format: 'jwk' }) }
  const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi'].map((member) => jwk[member])
  const bodies = pems.map((pem) => pem.replaceAll(/-----[A-Z ]+-----|\n/g, ''))
  const texts = [...secretMembers, ...bodies].filter((text) => typeof text === 'string')
  return { name, keyObject, jwk, pems, canaries: texts.map((text) => ({ name: `the private ${name} key`, text })) }
}
