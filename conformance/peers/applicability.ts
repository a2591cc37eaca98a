import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { importJWK, SignJWT } from 'jose'
import { publicPart, publishedJwk } from '../standards/published-keys.ts'
import type { PublishedJwk } from '../standards/published-keys.ts'
import type { JwksServer } from './jwks-server.ts'
import { bearer, startPeer } from './peer.ts'
import type { Peer, PeerTerms } from './peer.ts'

/** The keys of a verifier: how many, and whether they are secrets or published in a JWK Set. */
export interface KeyKind {
  readonly algorithm: string
  readonly form: 'secret' | 'published'
  readonly count: number
}

type Terms = Omit<PeerTerms, 'keys' | 'algorithms'>

/** How a control token differs from a good one. */
interface Variant {
  readonly typ?: string
  readonly expiresInSeconds?: number
}

const published: KeyKind = { algorithm: 'RS256', form: 'published', count: 1 }

/**
 * Decides which cases apply to a package by sending it control tokens that are signed with new keys. The same tokens
 * decide for every package, claimcheck included.
 */
export class Applicability {
  readonly #server: JwksServer
  readonly #terms: Terms
  readonly #keys = new Map<string, readonly PublishedJwk[]>()
  readonly #results = new Map<string, Promise<readonly boolean[]>>()

  constructor(server: JwksServer, terms: Terms) {
    this.#server = server
    this.#terms = terms
  }

  /** Whether the package accepts a good token of each key, if it has keys of this kind. */
  async supports(peer: Peer, kind: KeyKind): Promise<boolean> {
    const results = await this.#accepts(peer, kind, {})
    return results.length > 0 && results.every(Boolean)
  }

  /** Whether the package can require a `typ`. */
  async checksType(peer: Peer): Promise<boolean> {
    return !(await this.#accepts(peer, published, { typ: 'other+jwt' })).includes(true)
  }

  /** Whether the package can accept a token that expired a moment ago. */
  async toleratesClockDifference(peer: Peer): Promise<boolean> {
    return (await this.#accepts(peer, published, { expiresInSeconds: -2 })).includes(true)
  }

  #accepts(peer: Peer, kind: KeyKind, variant: Variant): Promise<readonly boolean[]> {
    const id = JSON.stringify([peer.name, kind, variant])
    const results = this.#results.get(id) ?? this.#send(peer, kind, variant)
    this.#results.set(id, results)
    return results
  }

  /** Whether it accepts a token of each key; an empty list if it does not start with these keys. */
  async #send(peer: Peer, kind: KeyKind, variant: Variant): Promise<readonly boolean[]> {
    const keys = this.#keysOf(kind)
    const given = kind.form === 'secret' ? { secrets: keys } : { jwksUrl: this.#server.publish(keys.map(publicPart)) }
    const terms = { ...this.#terms, algorithms: [kind.algorithm], keys: given }
    const running = await startPeer(peer, terms).catch(() => null)
    if (running === null) return []
    try {
      const verdicts: boolean[] = []
      for (const key of keys) {
        const token = await this.#tokenOf(key, kind.algorithm, variant)
        verdicts.push((await running.send(bearer(token))) === 'accepted')
      }
      return verdicts
    } finally {
      await running.close()
    }
  }

  #keysOf(kind: KeyKind): readonly PublishedJwk[] {
    const id = JSON.stringify(kind)
    const keys = this.#keys.get(id) ?? Array.from({ length: kind.count }, () => newKey(kind))
    this.#keys.set(id, keys)
    return keys
  }

  async #tokenOf(key: PublishedJwk, algorithm: string, variant: Variant): Promise<string> {
    const { issuer, audience } = this.#terms
    const { typ = this.#terms.typ, expiresInSeconds = 3600 } = variant
    const now = Math.floor(Date.now() / 1000)
    const token = new SignJWT({
      sub: 'control',
      iss: issuer,
      aud: audience,
      iat: now - 60,
      exp: now + expiresInSeconds,
    })
    token.setProtectedHeader({ alg: algorithm, kid: String(key['kid']), ...(typ === null ? {} : { typ }) })
    return token.sign(await importJWK(key, algorithm))
  }
}

const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

/** A new key, private or secret, that is as long as every algorithm requires. */
function newKey({ algorithm, form }: KeyKind): PublishedJwk {
  const names = { alg: algorithm, use: 'sig', kid: randomUUID() }
  if (form === 'secret') return publishedJwk.parse({ ...names, kty: 'oct', k: randomBytes(64).toString('base64url') })
  const { [algorithm]: namedCurve } = curves
  const { privateKey } =
    namedCurve !== undefined
      ? generateKeyPairSync('ec', { namedCurve })
      : algorithm === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 2048 })
  return publishedJwk.parse({ ...privateKey.export({ format: 'jwk' }), ...names })
}
