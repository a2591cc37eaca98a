import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { sendRequest } from '@claimcheck/testing/contract/raw-client'
import type { RawRequest } from '@claimcheck/testing/contract/raw-client'
import type { PublishedJwk } from '../standards/published-keys.ts'

/** The keys of a verifier: its secrets as JWKs, or the URL of a JWK Set with the public keys. */
export type PeerKeys = { readonly secrets: readonly PublishedJwk[] } | { readonly jwksUrl: string }

/** What every verifier is configured with. It ignores an entry if it has no option for it. */
export interface PeerTerms {
  readonly issuer: string
  readonly audience: string
  readonly algorithms: readonly string[]
  readonly keys: PeerKeys
  /** The `typ` of the tokens; null if they have none. */
  readonly typ: string | null
  readonly clockToleranceSeconds: number
}

/** Creates an app with one protected route. Returns null if no option of the package takes these keys. */
export type CreateListener = (terms: PeerTerms, onHandled: () => void) => Promise<RequestListener | null>

/** A package that verifies tokens, set up as its documentation describes. */
export interface Peer {
  readonly name: string
  /** The package whose version is recorded. */
  readonly package: string
  /** The packages that verify the signature or find the key for it. */
  readonly with: readonly string[]
  /** Whether it takes a secret as a JWK. If not, it receives the bytes, without the `alg`, `use` and `kid` of the JWK. */
  readonly readsSecretJwks: boolean
  readonly create: CreateListener
}

/** What a server does with a request. `error` is a 5xx, or no response at all. */
export type PeerVerdict = 'accepted' | 'rejected' | 'error'

export interface RunningPeer {
  send(request: RawRequest): Promise<PeerVerdict>
  close(): Promise<void>
}

const responseSeconds = 5
/** More than the 16 KiB of Node, so that the package and not the server rejects what is too large. */
const maxHeaderBytes = 128 * 1024

/** Starts a package on localhost. Returns null if it cannot take the keys, and rejects if it does not start with them. */
export async function startPeer(peer: Peer, terms: PeerTerms): Promise<RunningPeer | null> {
  let handled = 0
  const listener = await peer.create(terms, () => handled++)
  if (listener === null) return null
  const server = createServer({ maxHeaderSize: maxHeaderBytes }, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    async send(request) {
      const before = handled
      const status = await statusOf(port, request)
      if ((status === 200) !== handled > before) throw new Error(`${peer.name} sent ${status} for ${handled} calls`)
      return status === 200 ? 'accepted' : status >= 400 && status < 500 ? 'rejected' : 'error'
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The status of the response; 0 if there is none in time. */
async function statusOf(port: number, request: RawRequest): Promise<number> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<number>((resolve) => {
    timer = setTimeout(() => resolve(0), responseSeconds * 1000)
  })
  try {
    return await Promise.race([sendRequest(port, request).then(({ status }) => status), timeout])
  } finally {
    clearTimeout(timer)
  }
}

export function bearer(token: string): RawRequest {
  return { headers: [['Authorization', `Bearer ${token}`]] }
}

/** The version of the package, and the names and versions of those that it verifies with. */
export function versionsOf({ package: name, with: others }: Peer): { version: string; with: string[] } {
  const manifest = manifestOf(name, import.meta.url)
  return {
    version: versionIn(manifest),
    // A dependency of the package, or one that is installed next to it.
    with: others.map((other) => `${other} ${versionIn(manifestOf(other, manifest, import.meta.url))}`),
  }
}

function versionIn(manifest: string): string {
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version
}

/** The path of the package.json of a package, seen from the first of these files that finds it. */
function manifestOf(name: string, ...from: readonly string[]): string {
  for (const file of from) {
    for (const folder of createRequire(file).resolve.paths(name) ?? []) {
      const manifest = join(folder, name, 'package.json')
      if (existsSync(manifest)) return realpathSync(manifest)
    }
  }
  throw new Error(`${name} is not installed`)
}
