import { generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { PublicAlgorithm } from '../../src/lib/algorithms.ts'
import { fromHex, writeElement } from '../../src/lib/der.ts'

/** One public key, and what our reader and jose do with it. */
export interface KeyCase {
  readonly name: string
  /** PEM or a JWK. */
  readonly key: unknown
  /** The algorithm for which the key is imported. */
  readonly algorithm: PublicAlgorithm
  /** `accepted`, or a part of the error's `received` for a key that the reader rejects. */
  readonly ours: string
  readonly jose: 'accepted' | 'rejected'
  /** Why the outcomes differ; undefined if they are the same. */
  readonly because?: string
}

/** The error of a key that the reader accepts, and the runtime cannot import. */
export const notImported = 'a key that it cannot import'

export type Jwk = Readonly<Record<string, unknown>>

export const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
export const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
export const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' })
export const ed25519 = generateKeyPairSync('ed25519')

export function jwkOf(key: KeyObject): Jwk {
  return { ...key.export({ format: 'jwk' }) }
}

export function bytesOf(jwk: Jwk, name: string): Buffer {
  return Buffer.from(String(jwk[name]), 'base64url')
}

export function encode(...parts: readonly (Uint8Array | readonly number[])[]): string {
  return Buffer.concat(parts.map((part) => Uint8Array.from(part))).toString('base64url')
}

/** Adds a small number to the last byte of a member. */
export function addTo(jwk: Jwk, name: string, change: number): Jwk {
  const bytes = bytesOf(jwk, name)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) + change
  return { ...jwk, [name]: encode(bytes) }
}

export function pemOf(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

export function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' })
}

export const tags = { integer: 0x02, bitString: 0x03, sequence: 0x30 } as const

/** A SubjectPublicKeyInfo in PEM of these parts. `algorithm` and `key` are DER; the algorithm without its SEQUENCE. */
export function pemOfParts(
  algorithm: string,
  key: Uint8Array,
  unusedBits = 0,
  after: Uint8Array = new Uint8Array(),
): string {
  const identifier = writeElement(tags.sequence, fromHex(algorithm))
  const subjectPublicKey = writeElement(tags.bitString, Uint8Array.of(unusedBits), key)
  return pemOf('PUBLIC KEY', writeElement(tags.sequence, identifier, subjectPublicKey, after))
}
