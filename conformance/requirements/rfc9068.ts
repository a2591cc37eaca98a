import { advisory, attack, conformance, contract, core, met } from './requirement.ts'
import type { StandardsDocument } from './requirement.ts'

const validation = (fault: string) =>
  conformance('standards/core-rfc9068.test.ts', `responds with 401 and invalid_token to a token with ${fault}`)

export const rfc9068: StandardsDocument = {
  name: 'RFC 9068',
  title: 'JWT Profile for OAuth 2.0 Access Tokens',
  url: 'https://www.rfc-editor.org/rfc/rfc9068',
  edition: 'October 2021',
  note:
    "The profile applies to an issuer with `profile: 'at+jwt'`. Without it, `typ` and the claims that only this RFC requires are " +
    'not required, because many providers do not send them. All other rows apply always.',
  requirements: [
    {
      section: '2.1',
      keyword: 'MUST',
      text: 'Support RS256.',
      outcome: met('Like every RSA, ECDSA and EdDSA algorithm.', attack('CONF-42')),
    },
    {
      section: '2.2',
      keyword: 'REQUIRED',
      text: '`iss`, `exp`, `aud`, `sub`, `client_id`, `iat` and `jti` are present.',
      outcome: met(
        'A token without one of them is rejected: `claim_invalid`, `issuer_unknown` or `audience_not_allowed`.',
        conformance('standards/core-rfc9068.test.ts', 'responds with 401 and invalid_token to a token without %s'),
        attack('TYP-23'),
      ),
    },
    {
      section: '4',
      keyword: 'MUST',
      text: 'Verify that `typ` is `at+jwt` or `application/at+jwt`, and reject any other.',
      outcome: met(
        'In any case, as for each media type.',
        validation('another typ'),
        validation('no typ'),
        conformance('standards/core-rfc9068.test.ts', 'accepts a token with the typ %s'),
      ),
    },
    {
      section: '4',
      keyword: 'MUST',
      text: 'Decrypt an encrypted token with the keys and algorithms that the server specified.',
      outcome: met(
        'With those of `createDecrypter` ([0020](adr/0020-encrypted-tokens-have-one-format.md)).',
        conformance('standards/core-rfc9068.test.ts', 'accepts an encrypted token if a decrypter is configured'),
      ),
    },
    {
      section: '4',
      keyword: 'SHOULD',
      text: 'Reject an unencrypted token if encryption was agreed.',
      outcome: met('Always, if `decrypt` is set.', validation('no encryption although it is required')),
    },
    {
      section: '4',
      keyword: 'MUST',
      text: '`iss` exactly matches the identifier of the authorization server.',
      outcome: met(
        'Strings are compared exactly.',
        validation('an iss without its trailing slash'),
        validation('an iss in another case'),
      ),
    },
    {
      section: '4',
      keyword: 'MUST',
      text: 'Validate that `aud` contains an identifier of this server.',
      outcome: met(
        'Exactly, as a string or in an array.',
        validation('an aud that begins like ours'),
        attack('CLAIM-05'),
      ),
    },
    {
      section: '4',
      keyword: 'MUST',
      text: 'Reject the token if it does not.',
      outcome: met('`audience_not_allowed`.', validation('the aud of another API'), attack('CLAIM-06')),
    },
    {
      section: '4',
      keyword: 'MUST',
      text: 'Validate the signature with the algorithm in `alg`.',
      outcome: met(
        'If the key and the options allow this algorithm.',
        validation('the signature of another key'),
        validation('an HMAC with the public key'),
      ),
    },
    {
      section: '4',
      keyword: 'MUST',
      text: 'Reject the `alg` `none`.',
      outcome: met('In any spelling.', validation('the alg none'), attack('NONE-04')),
    },
    {
      section: '4',
      keyword: 'MUST',
      text: 'Use the keys of the authorization server.',
      outcome: met(
        'Those of `keys`, or of the metadata of the issuer; never those of the token.',
        advisory('keys.ts', 'never uses a key in a token and fetches none that it names, with keys that are %s'),
        core('several-issuers.test.ts', 'finds the issuer of a token by iss, and fetches keys only from that issuer'),
      ),
    },
    {
      section: '4',
      keyword: 'MUST',
      text: 'The current time is before `exp`, with a tolerance of a few minutes at most.',
      outcome: met(
        '`clockToleranceSeconds` is 5 by default and 300 at most.',
        validation('an exp that has passed'),
        advisory('claims.ts', 'limits the clock tolerance to 300 seconds, and does not share it between Auths'),
      ),
    },
    {
      section: '4',
      keyword: 'MUST',
      text: 'Handle errors as RFC 6750 section 3.1 describes.',
      outcome: met(
        'See [RFC 6750](#rfc-6750).',
        core('error-response.test.ts', 'returns for %s its status, and a challenge of one line that RFC 6750 allows'),
      ),
    },
    {
      section: '4',
      keyword: 'MUST',
      text: 'Respond with `invalid_token` if any of these checks fails.',
      outcome: met(
        'One token for each check.',
        conformance('standards/core-rfc9068.test.ts', 'responds with 401 and invalid_token to a token with %s'),
      ),
    },
    {
      section: '4',
      keyword: 'SHOULD',
      text: 'Use the authorization claims of the token to decide about the request.',
      outcome: met(
        '`scope`, `scp`, `permissions` and roles become a principal, which guards check.',
        contract('access-rejections.ts', 'rejects a caller who lacks a scope, and names all scopes of the route'),
        conformance('properties/core-policies.test.ts', 'a policy allows exactly the callers of its truth table'),
      ),
    },
  ],
}
