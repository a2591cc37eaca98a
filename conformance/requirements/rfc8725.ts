import { advisory, attack, conformance, contract, core, met, notApplicable, notMet } from './requirement.ts'
import type { StandardsDocument } from './requirement.ts'

const encryption = '[0020](adr/0020-encrypted-tokens-have-one-format.md)'
const parsing = '[0007](adr/0007-strict-parsing.md)'

export const rfc8725: StandardsDocument = {
  name: 'RFC 8725',
  title: 'JSON Web Token Best Current Practices',
  url: 'https://www.rfc-editor.org/rfc/rfc8725',
  edition: 'February 2020',
  requirements: [
    {
      section: '2.8',
      keyword: 'MUST',
      text: 'Prevent one kind of JWT from being accepted as another.',
      outcome: met(
        '`typ`, and claims that mark ID, refresh and logout tokens, are checked ([0011](adr/0011-clients-and-token-use.md)).',
        core('claims.test.ts', 'rejects the typ %j by default'),
        contract('token-rejections.ts', 'rejects an ID token'),
      ),
    },
    {
      section: '3.1',
      keyword: 'MUST',
      text: 'Let the caller choose the supported algorithms.',
      outcome: met(
        '`algorithms`. Without it, the keys decide; `none` cannot be chosen.',
        advisory('algorithms.ts', 'accepts no algorithm of the same key except the one in %s'),
        attack('CFG-03'),
      ),
    },
    {
      section: '3.1',
      keyword: 'MUST NOT',
      text: 'Use any other algorithm.',
      outcome: met(
        'An `alg` that is not allowed is rejected before a key is looked up.',
        core('parse-jwt.test.ts', 'rejects the alg %j as algorithm_not_allowed'),
        advisory(
          'algorithms.ts',
          'rejects HS256 signed with the PEM, DER or JWK of the public key, which is configured as %s',
        ),
      ),
    },
    {
      section: '3.1',
      keyword: 'MUST',
      text: 'Ensure that `alg` or `enc` names the algorithm of the operation.',
      outcome: met(
        'The operation is chosen by an exact, case-sensitive match with the algorithms of the key.',
        attack('CONF-34'),
        core(
          'malformed-jwe.test.ts',
          'rejects as malformed, without decrypting it, a JWE with the kid of a key for another alg',
        ),
      ),
    },
    {
      section: '3.1',
      keyword: 'MUST',
      text: 'Use each key with exactly one algorithm.',
      outcome: notMet(
        'Only in part. EC and Ed25519 keys have one algorithm, and so has a key with `alg`. An RSA key without `alg` verifies all RSA ' +
          'algorithms, or those that `algorithms` lists; a secret verifies HS256, or those that it lists. List one to meet this.',
        core('keys.test.ts', 'verifies every algorithm of its type with a JWK that has no alg'),
        core('keys.test.ts', 'verifies only the alg of a JWK, even if algorithms contains others'),
      ),
    },
    {
      section: '3.1',
      keyword: 'MUST',
      text: 'Check the algorithm of the key when the operation is performed.',
      outcome: met(
        'Each verification compares `alg` with the key, which a custom key source can return.',
        core('keys.test.ts', 'rejects a token if a key source returns a key for another algorithm'),
      ),
    },
    {
      section: '3.2',
      keyword: 'SHOULD',
      text: 'Treat a JWS as invalid if its algorithm is not acceptable to the application.',
      outcome: met(
        'A valid signature with another algorithm is rejected.',
        attack('CONF-31'),
        conformance('providers/oidc-provider.test.ts', 'rejects the token if only other algorithms are configured'),
      ),
    },
    {
      section: '3.2',
      keyword: 'MUST',
      text: 'Allow only cryptographically current algorithms.',
      outcome: met(
        'RSA from 2,048 bits, ECDSA, EdDSA, ML-DSA and HMAC, each with SHA-2 or its own hash; no SHA-1, DSA or secp256k1.',
        advisory(
          'algorithms.ts',
          'does not start with an RSA key under 2,048 bits, a DSA key or a curve that JWS does not support',
        ),
        attack('CFG-06'),
      ),
    },
    {
      section: '3.2',
      keyword: 'MUST',
      text: 'Be designed for a change of algorithms.',
      outcome: met(
        'Keys of several types are accepted at the same time, and new keys are found without a restart.',
        core('remote-keys.test.ts', 'accepts a token of a new key after one fetch for its unknown kid'),
        core('keys.test.ts', 'finds a key by kid and algorithm if keys of different types share a kid'),
      ),
    },
    {
      section: '3.2',
      keyword: 'SHOULD NOT',
      text: 'Accept `none` unless the caller requests it.',
      outcome: met(
        'No option accepts it.',
        advisory('algorithms.ts', 'rejects none in any spelling and an empty signature, with %s'),
        advisory('algorithms.ts', 'does not start without a secret or with none as an algorithm'),
      ),
    },
    {
      section: '3.2',
      keyword: 'SHOULD',
      text: 'Avoid RSA-PKCS1 v1.5 encryption.',
      outcome: met(
        `Not supported; the only RSA encryption is RSA-OAEP-256 (${encryption}).`,
        core('malformed-jwe.test.ts', 'rejects as malformed, without decrypting it, a JWE with RSA1_5'),
      ),
    },
    {
      section: '3.3',
      keyword: 'MUST',
      text: 'Validate every cryptographic operation, and reject the whole JWT if one fails.',
      outcome: met(
        'Before the signature is valid, a claim can only cause a rejection.',
        conformance(
          'properties/core-bit-flips.test.ts',
          'a token of $algorithm is rejected if a random bit is flipped',
        ),
        advisory('requests.ts', 'does not use the claims of an unverified token'),
      ),
    },
    {
      section: '3.3',
      keyword: 'MUST',
      text: 'Validate the outer and the inner operation of a nested JWT, with the keys and algorithms of the application.',
      outcome: met(
        `A token is decrypted, then its signature is verified (${encryption}).`,
        contract('token-rejections.ts', 'rejects an encrypted token that is signed with another key'),
        contract('token-rejections.ts', 'rejects encrypted claims without a signature'),
      ),
    },
    {
      section: '3.4',
      keyword: 'MUST',
      text: 'Validate the ephemeral key of ECDH-ES on P-256, P-384 and P-521.',
      outcome: met(
        'Its curve must be that of the key, and the platform checks the point.',
        core('malformed-jwe.test.ts', 'rejects as malformed a JWE with an epk that is not a point on the curve'),
        core('malformed-jwe.test.ts', 'rejects as malformed a JWE with an epk of low order'),
      ),
    },
    {
      section: '3.5',
      keyword: 'MUST',
      text: 'Follow the advice of RFC 7515 section 10.1 and RFC 7518 section 8.8 about the entropy of keys and passwords.',
      outcome: met(
        'A secret has at least the size of the hash; password-based encryption does not exist.',
        core(
          'config.test.ts',
          'throws a ConfigError for a secret that is too short for the longest hash in algorithms',
        ),
        advisory('encryption.ts', 'rejects PBES2 without deriving a key, whatever its iteration count'),
      ),
    },
    {
      section: '3.5',
      keyword: 'MUST NOT',
      text: 'Use a password that people can remember as the key of HS256.',
      outcome: met(
        'A `ConfigError` for short and for published secrets. A long password cannot be recognized; use `openssl rand`.',
        core('config.test.ts', 'throws a ConfigError for the published example secret %s'),
        attack('KEY-02'),
      ),
    },
    {
      section: '3.7',
      keyword: 'MUST',
      text: 'Use UTF-8 for headers and claims, and allow no other encoding.',
      outcome: met(
        `Anything else is \`token_malformed\` (${parsing}).`,
        core(
          'parse-jwt.test.ts',
          'rejects a token whose header or payload is encoded as %s, with a byte order mark or without',
        ),
        core('parse-jwt.test.ts', 'rejects a token whose payload is not UTF-8'),
        core('malformed-jwe.test.ts', 'rejects as malformed a JWE with content that is not UTF-8'),
      ),
    },
    {
      section: '3.8',
      keyword: 'MUST',
      text: 'Validate that the keys belong to the issuer in `iss`.',
      outcome: met(
        'Each issuer has its own keys, even if two keys share a `kid`.',
        core('several-issuers.test.ts', 'does not verify a token with a key of another issuer that has the same kid'),
        attack('MISS-01'),
      ),
    },
    {
      section: '3.8',
      keyword: 'MUST',
      text: 'Reject the JWT if they do not.',
      outcome: met(
        'An unknown `iss` is rejected before anything is fetched.',
        core('several-issuers.test.ts', 'fetches nothing for unknown issuers'),
        contract('token-rejections.ts', 'rejects a token of another issuer'),
      ),
    },
    {
      section: '3.8',
      keyword: 'MUST',
      text: 'Validate that `sub` is a valid subject of the issuer at the application, and reject the JWT otherwise.',
      outcome: notApplicable(
        'Only your application knows its users. `sub` must be a non-empty string, and `isRevoked` can reject a subject at each request.',
        contract('token-rejections.ts', 'rejects a token whose subject is not a string'),
        core('auth.test.ts', 'calls isRevoked last, with the principal, for every request'),
      ),
    },
    {
      section: '3.9',
      keyword: 'MUST',
      text: 'Validate the audience.',
      outcome: met(
        '`audience` is required; only `null`, written out, skips the check ([0001](adr/0001-null-skips-a-check.md)).',
        advisory('claims.ts', 'does not start with an %s that is missing or empty'),
        contract('token-rejections.ts', 'rejects a token for another audience'),
      ),
    },
    {
      section: '3.9',
      keyword: 'MUST',
      text: 'Reject a JWT without an audience, or without one of the recipient.',
      outcome: met(
        '`audience_not_allowed`.',
        advisory('claims.ts', 'rejects a token whose aud is missing or names other audiences'),
        contract('token-rejections.ts', 'rejects a token without an audience'),
      ),
    },
    {
      section: '3.10',
      keyword: 'SHOULD',
      text: 'Prevent `jku` and `x5u` from causing requests to arbitrary URLs.',
      outcome: met(
        'Both are ignored, like `jwk` and `x5c`.',
        conformance(
          'providers/hostile-redirects.test.ts',
          'the %s of a token is never fetched, before and after the key is cached',
        ),
        attack('HKEY-05'),
      ),
    },
    {
      section: '3.11',
      keyword: 'MUST',
      text: 'The explicit `typ` of a nested JWT is in the inner JWT.',
      outcome: met(
        'The inner `typ` is checked. An outer one must be `JWT` or the same.',
        core(
          'decryption.test.ts',
          'accepts the same typ in both headers of an encrypted token, and rejects different ones',
        ),
        core('decryption.test.ts', 'rejects an encrypted token because of the type of the inner token'),
      ),
    },
    {
      section: '3.11',
      keyword: 'RECOMMENDED',
      text: 'Use explicit types for new uses of JWTs.',
      outcome: met(
        "`profile: 'at+jwt'` or `typ` requires one. By default, `JWT` and no `typ` are accepted too, because many providers send nothing else.",
        core('claims.test.ts', 'accepts only the configured typ, and rejects a token without one'),
        attack('TYP-01'),
      ),
    },
    {
      section: '3.12',
      keyword: 'MUST',
      text: 'The rules for different kinds of JWTs of one issuer exclude each other.',
      outcome: met(
        'A token with the mark of another kind is rejected. If your issuer uses no marks, set `profile`, `typ` or `requiredClaims`.',
        core('claims.test.ts', 'rejects a token that has a mark of another type: %j'),
        conformance('standards/core-rfc-claims.test.ts', 'rejects the security events of RFC 8417 as tokens'),
      ),
    },
  ],
}
