import { advisory, attack, conformance, contract, core, issuer, met } from './requirement.ts'
import type { StandardsDocument } from './requirement.ts'

export const asvs: StandardsDocument = {
  name: 'OWASP ASVS V9',
  title: 'Application Security Verification Standard, chapter V9 Self-contained Tokens',
  url: 'https://github.com/OWASP/ASVS/blob/v5.0.0_release/5.0/en/0x18-V9-Self-contained-Tokens.md',
  edition: '5.0.0, May 2025',
  requirements: [
    {
      section: '9.1.1',
      keyword: 'Level 1',
      text: 'The signature or MAC of a token is validated before its content is accepted.',
      outcome: met(
        'No option skips the signature.',
        contract('token-rejections.ts', 'rejects a token whose claims were replaced'),
        conformance(
          'properties/core-bit-flips.test.ts',
          'a token of $algorithm is rejected if a random bit is flipped',
        ),
      ),
    },
    {
      section: '9.1.2',
      keyword: 'Level 1',
      text: 'Only algorithms of an allowlist are accepted, without `none`, and symmetric and asymmetric ones are not confused.',
      outcome: met(
        'An issuer has secrets or public keys, never both.',
        core('config.test.ts', 'throws a ConfigError if HMAC algorithms are mixed with algorithms of public keys'),
        advisory(
          'algorithms.ts',
          'rejects HS256 signed with the PEM, DER or JWK of the public key, which is configured as %s',
        ),
        attack('NONE-02'),
      ),
    },
    {
      section: '9.1.3',
      keyword: 'Level 1',
      text: 'Keys come from configured sources for the issuer; `jku`, `x5u` and `jwk` are not trusted.',
      outcome: met(
        'These headers are ignored.',
        advisory('keys.ts', 'never uses a key in a token and fetches none that it names, with keys that are %s'),
        attack('HKEY-01'),
      ),
    },
    {
      section: '9.2.1',
      keyword: 'Level 1',
      text: 'A token is accepted only within its validity, such as `nbf` and `exp`.',
      outcome: met(
        'At every request, also for cached tokens.',
        contract('token-rejections.ts', 'rejects an expired token'),
        contract('token-rejections.ts', 'rejects a token that is not valid yet'),
        advisory('cache.ts', 'rejects a cached token after it expired, %s'),
      ),
    },
    {
      section: '9.2.2',
      keyword: 'Level 2',
      text: 'A token has the type and the purpose that the server expects, for example only access tokens.',
      outcome: met(
        '`typ`, `tokenUse` and the marks of other kinds ([0011](adr/0011-clients-and-token-use.md)).',
        contract('token-rejections.ts', 'rejects an ID token'),
        contract('token-rejections.ts', 'rejects a token of another type'),
      ),
    },
    {
      section: '9.2.3',
      keyword: 'Level 2',
      text: 'Only tokens for this service (`aud`) are accepted.',
      outcome: met(
        '`audience` is a list of exact values.',
        advisory('claims.ts', 'rejects a token whose aud is missing or names other audiences'),
        attack('CLAIM-01'),
      ),
    },
    {
      section: '9.2.4',
      keyword: 'Level 2',
      text: 'An issuer with one key for several audiences restricts each token to its audience.',
      outcome: met(
        '`@claimcheck/issuer` writes its `audience` into every token, and a login cannot change it.',
        issuer(
          'access-tokens.test.ts',
          'issues an access token with the claims that RFC 9068 requires and the claims of the login',
        ),
        advisory('issuer.ts', 'an issuer rejects a login that sets %s'),
      ),
    },
  ],
}
