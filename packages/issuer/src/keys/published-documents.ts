import type { Signer } from './signing-key.ts'

/** The response to a `GET` request for a path. */
export interface PublishedDocument {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** To be sent as JSON. */
  readonly body: Readonly<Record<string, unknown>>
}

interface IssuerUrls {
  readonly issuer: string
  readonly jwksUri: string
}

/** The metadata of an issuer, which are served at both paths. */
export interface IssuerMetadata extends Omit<PublishedDocument, 'path'> {
  /** The paths of OpenID Connect Discovery 1.0 section 4 and of RFC 8414 section 3. */
  readonly paths: readonly [openid: string, oauth: string]
}

/** Returns the JWK Set of the public keys (RFC 7517 section 5). It contains no secrets. */
export function jwksDocument(
  signers: readonly Signer[],
  { jwksUri }: IssuerUrls,
  maxAgeSeconds: number,
): PublishedDocument {
  return {
    path: new URL(jwksUri).pathname,
    headers: { 'Content-Type': 'application/jwk-set+json', 'Cache-Control': cacheControl(maxAgeSeconds) },
    body: { keys: signers.flatMap(({ publicJwk }) => (publicJwk === null ? [] : [publicJwk])) },
  }
}

/** Returns the metadata by which APIs discover the keys (RFC 8414 section 2). They list no OAuth endpoints. */
export function metadataDocument({ issuer, jwksUri }: IssuerUrls, maxAgeSeconds: number): IssuerMetadata {
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
