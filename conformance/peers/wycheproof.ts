import { basename } from 'node:path'
import { z } from 'zod'
import type { PublishedJwk } from '../standards/published-keys.ts'
import { readWycheproof } from '../standards/wycheproof.ts'
import type { WycheproofVector } from '../standards/wycheproof.ts'
import { Applicability } from './applicability.ts'
import type { KeyKind } from './applicability.ts'
import type { PackageFigures } from './figures.ts'
import { JwksServer } from './jwks-server.ts'
import { bearer, startPeer } from './peer.ts'
import type { Peer, PeerVerdict } from './peer.ts'
import { Score } from './score.ts'

/** The files whose payloads are JSON claims, which a JWT verifier can accept. */
export const wycheproofFiles = [
  'wycheproof-derived/jwt_signature_test.json',
  'wycheproof-derived/jwt_key_test.json',
] as const

/** The claims of every vector name this issuer and audience. No vector has a `typ`. */
const terms = { issuer: 'https://issuer.example', audience: 'https://api.example', typ: null, clockToleranceSeconds: 0 }

const algorithms = /^(HS|RS|PS|ES)(256|384|512)$/

/** Runs the vectors of these files on these packages. */
export async function runWycheproof(
  peers: readonly Peer[],
  files: readonly string[],
): Promise<readonly PackageFigures[]> {
  const server = await JwksServer.start()
  const run = new WycheproofRun(server)
  try {
    const packages: PackageFigures[] = []
    for (const peer of peers) {
      const score = new Score()
      for (const file of files) await run.judge(peer, file, score)
      packages.push(score.figuresOf(peer))
    }
    return packages
  } finally {
    await server.stop()
  }
}

class WycheproofRun {
  readonly #server: JwksServer
  readonly #applicability: Applicability

  constructor(server: JwksServer) {
    this.#server = server
    this.#applicability = new Applicability(server, terms)
  }

  async judge(peer: Peer, file: string, score: Score): Promise<void> {
    const vectors = readWycheproof(file)
    for (const keys of new Set(vectors.map((vector) => vector.keys))) {
      const group = vectors.filter((vector) => vector.keys === keys)
      const verdicts = await this.#verdicts(peer, keys, group)
      for (const [index, { tcId, comment, result }] of group.entries()) {
        const expected = result === 'valid' ? 'accepted' : 'rejected'
        score.add({ group: basename(file), id: String(tcId), description: comment, expected }, verdicts[index] ?? null)
      }
    }
  }

  /** The verdicts for the vectors of one group, which share their keys; none if the vectors do not apply. */
  async #verdicts(
    peer: Peer,
    keys: readonly PublishedJwk[],
    vectors: readonly WycheproofVector[],
  ): Promise<readonly PeerVerdict[]> {
    const kind = kindOf(keys, vectors)
    if (isDefectOfSecretJwk(keys) && !peer.readsSecretJwks) return []
    if (!(await this.#applicability.supports(peer, kind))) return []
    const given = kind.form === 'secret' ? { secrets: keys } : { jwksUrl: this.#server.publish(keys) }
    // A package that refuses the keys when it starts accepts no token.
    const running = await startPeer(peer, { ...terms, algorithms: [kind.algorithm], keys: given }).catch(() => null)
    if (running === null) return vectors.map(() => 'rejected')
    try {
      const verdicts: PeerVerdict[] = []
      for (const { token } of vectors) verdicts.push(await running.send(bearer(token)))
      return verdicts
    } finally {
      await running.close()
    }
  }
}

/** The algorithm is that of the key or, if its `alg` is not one for signatures, that of the tokens. */
function kindOf(keys: readonly PublishedJwk[], vectors: readonly WycheproofVector[]): KeyKind {
  const [key] = keys
  const ofKey = key?.alg ?? ''
  const algorithm = algorithms.test(ofKey) ? ofKey : algorithmIn(vectors[0]?.token ?? '')
  return { algorithm, form: key?.kty === 'oct' ? 'secret' : 'published', count: keys.length }
}

/** Whether the defect is in the properties around a secret: two secrets with one `kid`, or an `alg` that signs nothing. */
function isDefectOfSecretJwk(keys: readonly PublishedJwk[]): boolean {
  const secrets = keys.filter(({ kty }) => kty === 'oct')
  const names = new Set(secrets.map(({ kid }) => kid))
  return names.size < secrets.length || secrets.some(({ alg = '' }) => !algorithms.test(alg))
}

function algorithmIn(token: string): string {
  const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
  return z.object({ alg: z.string() }).parse(header).alg
}
