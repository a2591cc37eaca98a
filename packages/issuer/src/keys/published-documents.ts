import type { Signer } from './signing-key.ts'

/** What to answer `GET` of a path with. */
export interface PublishedDocument {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** To be sent as JSON. */
  readonly body: Readonly<Record<string, unknown>>
}

/** The names of an issuer in the documents that it publishes. */
export interface PublishedNames {
  readonly issuer: string
  readonly jwksUri: string
}

/** The issuer's metadata, under both of its paths. */
export interface IssuerMetadata extends Omit<PublishedDocument, 'path'> {
  /** Of OpenID Connect Discovery 1.0 section 4, and of RFC 8414 section 3. */
  readonly paths: readonly [openid: string, oauth: string]
}

/** The JWK Set of the public keys (RFC 7517 section 5); of secrets it shows nothing. */
export function jwksDocument(
  signers: readonly Signer[],
  { jwksUri }: PublishedNames,
  maxAgeSeconds: number,
): PublishedDocument {
  return {
    path: new URL(jwksUri).pathname,
    headers: { 'Content-Type': 'application/jwk-set+json', 'Cache-Control': cacheControl(maxAgeSeconds) },
    body: { keys: signers.flatMap(({ publicJwk }) => (publicJwk === null ? [] : [publicJwk])) },
  }
}

/** The metadata that lead to the keys (RFC 8414 section 2): what is true of an issuer without endpoints of OAuth. */
export function metadataDocument({ issuer, jwksUri }: PublishedNames, maxAgeSeconds: number): IssuerMetadata {
  const path = new URL(issuer).pathname.replace(/\/$/, '')
  return {
    paths: [`${path}/.well-known/openid-configuration`, `/.well-known/oauth-authorization-server${path}`],
    headers: { 'Content-Type': 'application/json', 'Cache-Control': cacheControl(maxAgeSeconds) },
    body: { issuer, jwks_uri: jwksUri, response_types_supported: [] },
  }
}

function cacheControl(maxAgeSeconds: number): string {
  return maxAgeSeconds === 0 ? 'no-store' : `public, max-age=${maxAgeSeconds}`
}
