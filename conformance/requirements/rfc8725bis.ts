import { advisory, attack, conformance, contract, core, met, notApplicable, notMet } from './requirement.ts'
import type { StandardsDocument } from './requirement.ts'

/** What the draft adds to RFC 8725, or requires more strictly. */
export const rfc8725bis: StandardsDocument = {
  name: 'Draft rfc8725bis-09',
  title: 'draft-ietf-oauth-rfc8725bis-09, the next edition of RFC 8725',
  url: 'https://datatracker.ietf.org/doc/draft-ietf-oauth-rfc8725bis/',
  edition: '11 August 2026',
  note:
    'Read on 30 November 2026 in the [repository of the working group](https://github.com/oauth-wg/draft-ietf-oauth-rfc8725bis), ' +
    'which lists a revision 10 whose text was not available. The table has only what is new or stricter than in RFC 8725; ' +
    'the draft repeats the rest in the sections of the same number, except that section 2.8 is not a MUST any more.',
  requirements: [
    {
      section: '3.1',
      keyword: 'MUST',
      text: 'Verify that `alg` or `enc` fits the algorithm of the key that `kid` selects.',
      outcome: met(
        'A key is found by `kid` and algorithm together.',
        core('keys.test.ts', 'verifies only the alg of a JWK, even if algorithms contains others'),
        core('decryption-keys.test.ts', 'chooses a decryption key of the algorithm by the kid of the JWE'),
      ),
    },
    {
      section: '3.1',
      keyword: 'MUST',
      text: 'Determine which algorithms are permitted for the issuer of the JWT, and ensure that it complies.',
      outcome: met(
        'Each issuer has its own `algorithms`.',
        core('several-issuers.test.ts', 'checks the audience and algorithms of each issuer'),
      ),
    },
    {
      section: '3.1',
      keyword: 'MUST',
      text: 'Validate that the recipient supports the algorithms of an encrypted JWT.',
      outcome: met(
        'RSA-OAEP-256, ECDH-ES+A256KW and `dir`, with A256GCM; others are rejected before any cryptography.',
        core(
          'malformed-jwe.test.ts',
          'rejects as malformed, without decrypting it, a JWE with an enc that is not supported',
        ),
        conformance(
          'standards/core-rfc-encryption.test.ts',
          'rejects %s, whose algorithms are not supported, even with its key',
        ),
      ),
    },
    {
      section: '3.1',
      keyword: 'MUST',
      text: 'Enforce, when the operation is executed, that each key is used with exactly one algorithm.',
      outcome: notMet(
        'Only in part, as in RFC 8725 section 3.1: an RSA key without `alg`, or a secret, can have several.',
        core('keys.test.ts', 'verifies every algorithm of its type with a JWK that has no alg'),
      ),
    },
    {
      section: '3.2',
      keyword: 'MUST NOT',
      text: 'Accept `none` unless the caller allows it explicitly.',
      outcome: met(
        'No option accepts it. Names are compared with a list of allowed ones, so no spelling passes.',
        attack('NONE-02'),
        attack('NONE-04'),
        attack('NONE-05'),
      ),
    },
    {
      section: '3.2',
      keyword: 'SHOULD',
      text: 'Prefer fully specified algorithm names, such as `Ed25519` instead of `EdDSA`.',
      outcome: met(
        'Tokens, keys and options can use either name; both are the same algorithm.',
        core('keys.test.ts', 'accepts a token with alg %s for both names in algorithms'),
      ),
    },
    {
      section: '3.3',
      keyword: 'MUST',
      text: 'Let the recipient distinguish unsecured, signed, encrypted and nested JWTs.',
      outcome: met(
        'An issuer with `decrypt` accepts only nested tokens, and one without it only signed ones.',
        contract('token-rejections.ts', 'rejects a token that is not encrypted if a decrypter is configured'),
        contract('token-rejections.ts', 'rejects an encrypted token if no decrypter is configured'),
        contract('token-rejections.ts', 'rejects encrypted claims without a signature'),
      ),
    },
    {
      section: '3.4',
      keyword: 'MUST',
      text: 'Validate all cryptographic inputs that can have invalid values, or use a library that does.',
      outcome: met(
        'Keys are checked by their form, and points by OpenSSL or WebCrypto.',
        advisory('keys.ts', 'rejects a point that is not on its curve'),
        attack('SIG-03'),
        core('malformed-jwe.test.ts', 'rejects as malformed a JWE with an epk of zeros'),
      ),
    },
    {
      section: '3.5',
      keyword: 'MUST',
      text: 'Follow RFC 8018 for PBKDF2.',
      outcome: notApplicable(
        'Nothing derives a key from a password.',
        core('malformed-jwe.test.ts', 'rejects as malformed, without decrypting it, a JWE with PBES2'),
      ),
    },
    {
      section: '3.10',
      keyword: 'MUST',
      text: 'Ensure that `kid` causes no SQL or LDAP injection.',
      outcome: met(
        '`kid` is a string that is compared with those of cached keys. A custom key source receives it unchanged, so use query parameters.',
        attack('KID-03'),
        core('keys.test.ts', 'calls find of a key source with a frozen alg and kid, and accepts a key or a promise'),
      ),
    },
    {
      section: '3.10',
      keyword: 'MUST',
      text: 'Without a list of permitted URLs, check that a host does not resolve to a local address.',
      outcome: notApplicable(
        'No URL of a token is fetched, so there is a list: the URLs of your options, and the `jwks_uri` of their metadata under the rules of [0012](adr/0012-discovered-urls-follow-stricter-rules.md).',
        core('parse-jwt.test.ts', 'ignores jwk, jku, x5u and x5c in the header'),
        attack('JWKS-24'),
      ),
    },
    {
      section: '3.11',
      keyword: 'MUST',
      text: 'Read a `typ` without a slash as if `application/` preceded it.',
      outcome: met(
        'Both forms are the same type, in any case.',
        attack('TYP-17'),
        conformance('standards/core-rfc9068.test.ts', 'accepts a token with the typ application/at+jwt'),
      ),
    },
    {
      section: '3.13',
      keyword: 'RECOMMENDED',
      text: 'Limit the iterations of PBES2.',
      outcome: met(
        'PBES2 is not supported, and `p2c` is rejected with every algorithm.',
        advisory('encryption.ts', 'rejects PBES2 without deriving a key, whatever its iteration count'),
        core(
          'malformed-jwe.test.ts',
          'rejects as malformed, without decrypting it, a JWE with p2c and a supported alg',
        ),
      ),
    },
    {
      section: '3.13',
      keyword: 'RECOMMENDED',
      text: 'Reject a `p2c` of more than twice the recommended number of iterations.',
      outcome: met(
        'Every `p2c` is rejected.',
        core('malformed-jwe.test.ts', 'rejects as malformed, without decrypting it, a JWE with PBES2'),
      ),
    },
    {
      section: '3.14',
      keyword: 'MUST',
      text: 'Confirm the format of the JWT while it is parsed.',
      outcome: met(
        'Three parts of canonical base64url ([0007](adr/0007-strict-parsing.md)); JSON serializations are rejected.',
        core('parse-jwt.test.ts', 'rejects a token with the flattened JSON form of a JWS as token_malformed'),
        attack('ENC-24'),
        attack('ENC-26'),
      ),
    },
    {
      section: '3.14',
      keyword: 'MUST',
      text: 'Reject content with other characters than letters, digits, `-`, `_` and `.`.',
      outcome: met(
        '`token_malformed`, even if the signature covers the character.',
        core(
          'parse-jwt.test.ts',
          'rejects a token with any character but letters, digits, hyphen, underscore and its two dots',
        ),
      ),
    },
    {
      section: '3.15',
      keyword: 'RECOMMENDED',
      text: 'Limit the decompressed size of a JWE.',
      outcome: met(
        'Nothing is decompressed: `zip` is rejected.',
        advisory('encryption.ts', 'rejects zip without decrypting or inflating anything'),
        attack('JWE-03'),
      ),
    },
  ],
}
