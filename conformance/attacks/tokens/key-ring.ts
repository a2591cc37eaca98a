import { createPrivateKey, createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Corpus, Jwk } from '../corpus/load-corpus.ts'

const privateMembers: ReadonlySet<string> = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi'])

/** The keys of the corpus by name, including their private parts, which are public. */
export class KeyRing {
  readonly #corpus: Corpus
  readonly #privateKeys = new Map<string, KeyObject>()

  constructor(corpus: Corpus) {
    this.#corpus = corpus
  }

  jwk(name: string): Jwk {
    const jwk = this.#corpus.keys[name]
    if (jwk === undefined) throw new Error(`The corpus has no key ${name}`)
    return jwk
  }

  publicJwk(name: string): Jwk {
    return Object.fromEntries(Object.entries(this.jwk(name)).filter(([member]) => !privateMembers.has(member)))
  }

  publicKey(name: string): KeyObject {
    return createPublicKey({ key: { ...this.publicJwk(name) }, format: 'jwk' })
  }

  privateKey(name: string): KeyObject {
    const known = this.#privateKeys.get(name) ?? createPrivateKey({ key: { ...this.jwk(name) }, format: 'jwk' })
    this.#privateKeys.set(name, known)
    return known
  }

  certificate(name: string): string {
    const certificate = this.#corpus.certificates[name]
    if (certificate === undefined) throw new Error(`The corpus has no certificate of ${name}`)
    return certificate
  }

  /** The bytes of a base64url member. */
  bytes(name: string, member: string): Buffer {
    return Buffer.from(this.text(name, member), 'base64url')
  }

  text(name: string, member: string): string {
    const value = this.jwk(name)[member]
    if (typeof value !== 'string') throw new Error(`The key ${name} has no member ${member}`)
    return value
  }
}
