/** How claimcheck behaves if the corpus leaves a choice or contradicts its rules. */
interface Decision {
  readonly takes: 'accept' | 'reject' | 'reject-config'
  /** @default those of the case */
  readonly statuses?: readonly number[]
  readonly because: string
}

/**
 * Cases with two correct results for which claimcheck does not choose the preferred one, or responds with another
 * status.
 */
export const decisions: Readonly<Record<string, Decision>> = {
  'FWK-05': {
    takes: 'accept',
    because:
      'A Fastify plugin protects the scope in which it is registered, and claimcheck matches no paths. A route outside ' +
      'of the scope is public. If such a route has a guard, it responds with 500.',
  },
  'KEY-09': {
    takes: 'accept',
    because:
      'Keys are the responsibility of the issuer. No JavaScript library checks for the ROCA fingerprint. claimcheck checks ' +
      'the size, exponent, use and algorithm of a key.',
  },
  'REGEX-03': {
    takes: 'reject-config',
    because:
      'Issuers are compared exactly. A RegExp is a ConfigError, so a missing anchor cannot accept other issuers.',
  },
  'REV-04': {
    takes: 'reject',
    statuses: [503],
    because:
      'If `isRevoked` returns a value that is not a boolean, the response is 503, because the caller is not at fault.',
  },
}

/** Cases that fail with a plain Error and status 500, because the application is configured incorrectly. */
export const plainErrorCases: ReadonlySet<string> = new Set(['AUTHZ-23'])

/** How a case is interpreted if its recipe is ambiguous. */
export const readings: Readonly<Record<string, string>> = {
  'AUTHZ-23':
    'A guard without the middleware is a bug of the application, so the response is 500. A policy in the configuration of a Fastify route is not a guard: only the middleware reads it.',
  'JWKS-19':
    'The key set changes 31 seconds after it was fetched, because an unknown key can cause a fetch only every 30 seconds.',
  'TIME-28':
    'The token is verified while the clock is an hour behind. After the clock is corrected, the token has expired and is rejected.',
  'JWKS-27':
    'A host name resolves to localhost, where another server serves valid keys over HTTPS. Its certificate is rejected, so the response is 503.',
  'KEY-08':
    'The issuer of the Wycheproof tokens has no trailing slash, and the tokens have no typ. The options match these tokens.',
  'KEY-09': 'Interpreted like KEY-08.',
  'MISS-07': 'The keys of both issuers are remote, so that a fetch for an unknown issuer would be counted.',
}

/** Cases that need a feature that does not exist yet or never will. */
interface MissingFeature {
  readonly feature: string
  readonly because: string
  readonly ids: readonly string[]
}

/** Every case that is not run. When a feature is added, its cases are removed from the list. */
export const missingFeatures: readonly MissingFeature[] = [
  {
    feature: 'DPoP',
    because: 'proofs of possession (RFC 9449) are not supported yet, and bound tokens are rejected (DPOP-56)',
    ids: words(`
      DPOP-02 DPOP-03 DPOP-05 DPOP-06 DPOP-08 DPOP-10 DPOP-11 DPOP-13 DPOP-15 DPOP-16 DPOP-18
      DPOP-22 DPOP-23 DPOP-25 DPOP-27 DPOP-28 DPOP-31 DPOP-32 DPOP-33 DPOP-34 DPOP-35 DPOP-38
      DPOP-39 DPOP-40 DPOP-41 DPOP-42 DPOP-45 DPOP-46 DPOP-47 DPOP-48 DPOP-51 DPOP-52 DPOP-55
      DPOP-58 FWK-03
    `),
  },
  {
    feature: 'mTLS',
    because: 'client certificates (RFC 8705) are not supported yet, and bound tokens are rejected (MTLS-11)',
    ids: ['MTLS-01', 'MTLS-04', 'MTLS-05', 'MTLS-06', 'MTLS-07', 'MTLS-08'],
  },
  {
    feature: 'Logout tokens',
    because: 'there is no endpoint for back-channel logout yet',
    ids: ['SET-01', 'SET-03', 'SET-04', 'SET-06', 'SET-08', 'SET-09', 'SET-10', 'SET-12', 'SET-13', 'SET-16', 'REV-07'],
  },
  {
    feature: 'Comparison of secrets in a list',
    because:
      'not planned: no list contains secrets that a timing attack could reveal; revocations use identifiers, and refresh tokens are hashed',
    ids: ['SIDE-02'],
  },
  {
    feature: 'Step-up',
    because: 'there is no guard for acr and auth_time yet (RFC 9470)',
    ids: ['AUTHZ-25'],
  },
  {
    feature: 'Query and body',
    because: 'not planned: tokens in URLs and forms end up in logs, so such an option is a ConfigError',
    ids: ['HTTP-23', 'HTTP-27'],
  },
  {
    feature: 'Patterns',
    because: 'not planned: issuers are compared exactly, and a RegExp is a ConfigError (REGEX-03)',
    ids: ['REGEX-02'],
  },
]

const ids: ReadonlySet<string> = new Set(missingFeatures.flatMap(({ ids: own }) => own))

/** Whether a case is run. */
export function isRun(id: string): boolean {
  return !ids.has(id)
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
