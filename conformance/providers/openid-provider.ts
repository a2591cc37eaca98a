import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'
import type { Adapter, Configuration, JWK } from 'oidc-provider'
import { listen } from '@claimcheck/testing/contract/running-app'
import type { RunningApp } from '@claimcheck/testing/contract/running-app'

/** The algorithms of the APIs of the provider, one for each API. */
export const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] as const
type SigningAlgorithm = (typeof algorithms)[number]

/** The API whose tokens are signed with this algorithm: their `resource` and audience. */
export function apiOf(algorithm: SigningAlgorithm): string {
  return `${apis}${algorithm}`
}

/** `operations` receives tokens with `admin: true`, `legacy` tokens that do not conform to RFC 9068. */
type ClientName = (typeof clients)[number]

interface TokenRequest {
  /** Without a resource, the token is opaque. */
  readonly resource?: string
  readonly scope?: string
  /** @default 'reports' */
  readonly client?: ClientName
  /** An RFC 9449 proof, which binds the token to its key. */
  readonly dpop?: string
}

const clients = ['reports', 'operations', 'legacy'] as const
const apis = 'https://api.example/'
const secret = 'a secret of a client that lives as long as a test'
/** Longer than any test advances its clock. */
const lifetimeSeconds = 7 * 86_400

/** `oidc-provider` on localhost, with client credentials, resource indicators and JWT access tokens. */
export class OpenIdProvider {
  /** The requested paths, without those for tokens. */
  readonly requests: string[] = []
  #handle: RequestListener = () => undefined
  #running: RunningApp | null = null

  /** Signs with the first key for an algorithm, and publishes all keys. */
  static async start(keys: readonly JWK[]): Promise<OpenIdProvider> {
    const provider = new OpenIdProvider()
    provider.#running = await listen(createServer((request, response) => provider.#respond(request, response)))
    provider.use(keys)
    return provider
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.#running?.port}`
  }

  get jwksUrl(): string {
    return `${this.issuer}/jwks`
  }

  /** Continues with other keys under the same name, as after a rotation. Requests are not interrupted. */
  use(keys: readonly JWK[]): void {
    this.#handle = new Provider(this.issuer, configurationOf(keys)).callback()
  }

  async token({ client = 'reports', dpop, ...parameters }: TokenRequest): Promise<string> {
    const response = await fetch(this.tokenUrl, {
      method: 'POST',
      headers: dpop === undefined ? {} : { dpop },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client,
        client_secret: secret,
        ...parameters,
      }),
    })
    const body: unknown = await response.json()
    if (typeof body === 'object' && body !== null && 'access_token' in body) return String(body.access_token)
    throw new Error(`The provider gives no token: ${JSON.stringify(body)}`)
  }

  get tokenUrl(): string {
    return `${this.issuer}/token`
  }

  async close(): Promise<void> {
    await this.#running?.close()
  }

  #respond: RequestListener = (request, response) => {
    if (request.method === 'GET') this.requests.push(request.url ?? '')
    this.#handle(request, response)
  }
}

/** A private key for this algorithm. RSA keys have no `alg`, so that one key is used for RS256 and PS256. */
export async function createSigningKey(algorithm: SigningAlgorithm, kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const jwk = await exportJWK(privateKey)
  return jwk.kty === 'RSA' ? { ...jwk, kid } : { ...jwk, kid, alg: algorithm }
}

function configurationOf(keys: readonly JWK[]): Configuration {
  const machine = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [], client_secret: secret }
  // Not used here, but the provider requires an algorithm for which it has a key.
  const idTokens = { id_token_signed_response_alg: algorithms.find((name) => name === keys[0]?.alg) ?? 'RS256' }
  return {
    adapter: () => forgetful,
    jwks: { keys },
    clients: clients.map((name) => ({ client_id: name, ...machine, ...idTokens })),
    extraTokenClaims: (_context, { clientId }) => (clientId === 'operations' ? { admin: true } : undefined),
    formats: {
      customizers: {
        jwt: (_context, { clientId }, parts) => {
          if (clientId === 'legacy') parts.header = { typ: 'JWT' }
        },
      },
    },
    ttl: { ClientCredentials: lifetimeSeconds },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: { enabled: true, getResourceServerInfo: (_context, resource) => resourceServer(resource) },
    },
  }
}

function resourceServer(resource: string) {
  const alg = algorithms.find((algorithm) => apiOf(algorithm) === resource)
  if (alg === undefined) throw new Error(`There is no API ${resource}`)
  return {
    scope: 'read write',
    audience: resource,
    accessTokenTTL: lifetimeSeconds,
    accessTokenFormat: 'jwt' as const,
    jwt: { sign: { alg } },
  }
}

/** Client credentials need no storage, and the provider warns about its default storage. */
const forgetful: Adapter = {
  upsert: async () => undefined,
  find: async () => undefined,
  findByUserCode: async () => undefined,
  findByUid: async () => undefined,
  consume: async () => undefined,
  destroy: async () => undefined,
  revokeByGrantId: async () => undefined,
}
