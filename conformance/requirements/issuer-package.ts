import { advisory, inFolder, issuer, met, notMet } from './requirement.ts'
import type { Requirement } from './requirement.ts'

const sessions = inFolder('conformance/stores')
const claimsOfRfc9068 = issuer(
  'access-tokens.test.ts',
  'issues an access token with the claims that RFC 9068 requires and the claims of the login',
)

/** What `@claimcheck/issuer` does about requirements for issuers. The section begins with the document. */
export const issuing: readonly Requirement[] = [
  {
    section: 'RFC 6750, 5.3',
    keyword: 'SHOULD',
    text: 'Issue tokens that live for an hour or less.',
    outcome: met(
      '5 minutes by default, at most a day.',
      issuer('access-tokens.test.ts', 'issues an access token that lives for accessTokenSeconds, at most a day'),
    ),
  },
  {
    section: 'RFC 8725, 3.2',
    keyword: 'SHOULD NOT',
    text: 'Generate tokens with `none`.',
    outcome: met(
      'No key has this algorithm.',
      advisory('issuer.ts', 'an issuer does not start with a key whose algorithm is none'),
      advisory('issuer.ts', 'an issuer that signs with %s never publishes none'),
    ),
  },
  {
    section: 'RFC 8725, 3.2',
    keyword: 'SHOULD',
    text: 'Create ECDSA signatures deterministically (RFC 6979).',
    outcome: notMet(
      'Node and WebCrypto sign with a random value, and have no option for RFC 6979. EdDSA is deterministic.',
    ),
  },
  {
    section: 'Draft rfc8725bis-09, 3.2',
    keyword: 'SHOULD',
    text: 'Prefer the algorithm name `Ed25519` to `EdDSA`.',
    outcome: notMet('Ed25519 keys sign under the older name, for verifiers that do not know the new one.'),
  },
  {
    section: 'RFC 8725, 3.6',
    keyword: 'SHOULD NOT',
    text: 'Compress before encryption.',
    outcome: met(
      'No `zip`.',
      issuer('encryption.test.ts', 'writes only the algorithms, the kid and cty into the header of an encrypted token'),
    ),
  },
  {
    section: 'RFC 8725, 3.11',
    keyword: 'MUST',
    text: 'Write the explicit `typ` into the inner JWT of a nested JWT.',
    outcome: met(
      'The API of the test requires it.',
      issuer('encryption.test.ts', 'issues encrypted %s tokens that only its API can decrypt and verify'),
    ),
  },
  {
    section: 'RFC 9068, 2.1',
    keyword: 'MUST',
    text: 'Sign with another algorithm than `none`, and set `typ` to `at+jwt`.',
    outcome: met('The default; `typ: "JWT"` is for APIs that do not know the profile.', claimsOfRfc9068),
  },
  {
    section: 'RFC 9068, 2.2',
    keyword: 'REQUIRED',
    text: 'Include `iss`, `exp`, `aud`, `sub`, `client_id`, `iat` and `jti`.',
    outcome: met(
      'Set by the issuer, with a new `jti` for each token.',
      claimsOfRfc9068,
      issuer('access-tokens.test.ts', 'issues an access token with a different jti at each login'),
    ),
  },
  {
    section: 'RFC 9068, 2.2.3',
    keyword: 'SHOULD',
    text: 'Include `scope` as a string.',
    outcome: met(
      'From a string or an array.',
      issuer('access-tokens.test.ts', 'writes the scopes %j into the token as one string'),
    ),
  },
  {
    section: 'RFC 9068, 4',
    keyword: 'SHOULD',
    text: 'Publish the keys by `jwks_uri`, and `issuer`, in metadata.',
    outcome: met(
      'For OpenID Connect Discovery and RFC 8414.',
      issuer('keys.test.ts', 'publishes the paths and the jwks_uri of the issuer %s in its metadata'),
      issuer(
        'keys.test.ts',
        'lets an API in another process verify tokens of %s by discovery, before and after a rotation',
      ),
    ),
  },
  {
    section: 'RFC 9700, 2.2.2',
    keyword: 'MUST',
    text: 'Rotate the refresh tokens of public clients, or bind them to the client.',
    outcome: met(
      'Each works once ([0017](adr/0017-used-refresh-tokens-are-recognised-by-their-family.md)).',
      sessions(
        'session-store-contract.ts',
        'continues with refresh tokens that can each be used once, with the same sid',
      ),
    ),
  },
  {
    section: 'RFC 9700, 4.14.2',
    keyword: 'MUST',
    text: 'Detect that a refresh token is used by an attacker and by the client.',
    outcome: met(
      'The second use ends the session, after a grace period for lost responses ([0030](adr/0030-a-token-replaced-a-moment-ago-does-not-end-its-session.md)).',
      sessions('refresh-contract.ts', 'ends the session for both of its holders, in either order'),
    ),
  },
  {
    section: 'RFC 9700, 4.14.2',
    keyword: 'MUST',
    text: 'Bind refresh tokens to the scope and the resource servers of the login.',
    outcome: met(
      'A refresh has no parameters. Your `renewClaims` can change claims, but not the audience.',
      sessions('session-store-contract.ts', 'issues access tokens with the claims of the login'),
      advisory('issuer.ts', 'an issuer rejects a refresh whose renewed claims set aud'),
    ),
  },
  {
    section: 'RFC 9700, 4.14.2',
    keyword: 'SHOULD',
    text: 'Let a refresh token expire if it is not used.',
    outcome: met(
      'After `sessionIdleSeconds`.',
      sessions('session-store-contract.ts', 'ends exactly when it was idle for too long'),
    ),
  },
  {
    section: 'RFC 9700, 4.15.1',
    keyword: 'SHOULD NOT',
    text: 'Let clients influence `client_id` or claims that could be confused with those of a user.',
    outcome: met(
      'Only the options of the issuer set it.',
      advisory('issuer.ts', 'an issuer rejects a login that sets %s'),
    ),
  },
]
