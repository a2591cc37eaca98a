/**
 * Answers as the issuers of this world would: its metadata, wherever one is asked for them (OpenID Connect Discovery
 * 1.0, RFC 8414), and at any other URL the JWK Set, which is the same for all.
 */
export function answerAsIssuer({ origin, pathname }: URL, jwkSet: string): Response {
  const [, openidPath] = /^(.*)\/\.well-known\/openid-configuration$/.exec(pathname) ?? []
  const [, oauthPath] = /^\/\.well-known\/oauth-authorization-server(.*)$/.exec(pathname) ?? []
  const path = openidPath ?? oauthPath
  const issuer = `${origin}${path ?? ''}`
  const body = path === undefined ? jwkSet : JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks` })
  return new Response(body, { headers: { 'content-type': 'application/json', 'cache-control': 'max-age=600' } })
}
