import { attack, conformance, contract, core, issuer, met, notApplicable, notMet } from './requirement.ts'
import type { StandardsDocument } from './requirement.ts'

const allowedChallenge = core(
  'error-response.test.ts',
  'returns for %s its status, and a challenge of one line that RFC 6750 allows',
)

export const rfc6750: StandardsDocument = {
  name: 'RFC 6750',
  title: 'Bearer Token Usage',
  url: 'https://www.rfc-editor.org/rfc/rfc6750',
  edition: 'October 2012',
  requirements: [
    {
      section: '2.1',
      keyword: 'MUST',
      text: 'Support `Authorization: Bearer`.',
      outcome: met(
        'The default. `tokenFrom` can replace it or add other places.',
        contract('request-rejections.ts', 'accepts a valid token'),
        attack('HTTP-01'),
      ),
    },
    {
      section: '2.2, 2.3',
      keyword: 'SHOULD NOT',
      text: 'Use tokens in form bodies or in the query.',
      outcome: met(
        'Neither is read.',
        contract('request-rejections.ts', 'rejects a token in the query'),
        core('bearer-token.test.ts', 'never reads the token from the query, the body, a cookie or a prototype'),
      ),
    },
    {
      section: '2.3',
      keyword: 'SHOULD',
      text: 'Send `Cache-Control: private` with responses to requests that have a token in the query.',
      outcome: notApplicable('There is no token in the query. Every error response is `no-store`.', attack('ERR-12')),
    },
    {
      section: '3',
      keyword: 'MUST',
      text: 'Send `WWW-Authenticate` if the request has no credentials.',
      outcome: met(
        '401 with the realm.',
        contract('request-rejections.ts', 'rejects a request without a token'),
        attack('HTTP-09'),
      ),
    },
    {
      section: '3',
      keyword: 'MUST',
      text: 'Send `WWW-Authenticate` if the token does not enable access to the resource.',
      outcome: notMet(
        'Every 401, and a 403 for a missing scope, has it. A 403 because of a role or another condition (`access_denied`), or of a cookie ' +
          'from another site, does not: `insufficient_scope` would make clients request other scopes, which does not help.',
        contract('access-rejections.ts', 'rejects a caller who lacks a scope, and names all scopes of the route'),
        contract('access-rejections.ts', 'rejects a caller without the role'),
      ),
    },
    {
      section: '3',
      keyword: 'MUST',
      text: 'Use the scheme `Bearer`, followed by at least one parameter.',
      outcome: met('`Bearer realm="…"` in every challenge.', allowedChallenge),
    },
    {
      section: '3',
      keyword: 'MUST NOT',
      text: 'Repeat `realm`, `scope`, `error`, `error_description` or `error_uri`.',
      outcome: met(
        'One line with each parameter at most once; `error_uri` is not sent.',
        allowedChallenge,
        conformance(
          'properties/core-challenges.test.ts',
          'the challenge contains any realm on one line that can be parsed, or createAuth throws',
        ),
      ),
    },
    {
      section: '3',
      keyword: 'SHOULD',
      text: 'Include `error` if the request had a token that failed.',
      outcome: met(
        '`invalid_token`.',
        conformance('standards/core-rfc9068.test.ts', 'responds with 401 and invalid_token to a token with %s'),
        contract('token-rejections.ts', 'rejects a revoked token'),
      ),
    },
    {
      section: '3',
      keyword: 'MUST NOT',
      text: 'Use other characters in `scope` than those of RFC 6749.',
      outcome: met(
        'Scopes of policies are checked when they are created.',
        conformance(
          'properties/core-challenges.test.ts',
          'the challenge contains any scopes on one line that can be parsed, or none of them',
        ),
        core(
          'error-response.test.ts',
          'throws a TypeError for scopes and retryAfterSeconds that are not allowed in a header',
        ),
      ),
    },
    {
      section: '3',
      keyword: 'MUST NOT',
      text: 'Use other characters in `error` and `error_description` than printable ASCII without quotes and backslashes.',
      outcome: met(
        'Both are fixed texts; nothing of the request is in them ([0008](adr/0008-codes-are-public.md)).',
        attack('ERR-05'),
        attack('ERR-02'),
      ),
    },
    {
      section: '3',
      keyword: 'MUST',
      text: 'Use the syntax of a URI reference for `error_uri`.',
      outcome: notApplicable('`error_uri` is not sent.', allowedChallenge),
    },
    {
      section: '3.1',
      keyword: 'SHOULD',
      text: 'Respond with 400 to `invalid_request`: a malformed request, or one that repeats the token.',
      outcome: met(
        '`request_malformed`.',
        contract('request-rejections.ts', 'rejects the same token on two header lines'),
        contract('request-rejections.ts', 'rejects two tokens on one header line'),
      ),
    },
    {
      section: '3.1',
      keyword: 'SHOULD',
      text: 'Respond with 400 to a request that uses more than one method of sending a token.',
      outcome: notMet(
        'Deliberately. A token in the query or body is not read. If a header and a cookie are both configured, the first with a value ' +
          'decides, because a browser adds its cookie to every request ([0019](adr/0019-cookies-need-a-known-origin.md)).',
        attack('HTTP-22'),
        core('cookie-token.test.ts', 'reads the token from the first location that contains one'),
      ),
    },
    {
      section: '3.1',
      keyword: 'SHOULD',
      text: 'Respond with 401 to `invalid_token`: expired, revoked, malformed or otherwise invalid.',
      outcome: met(
        'Every rejection of a token.',
        contract('token-rejections.ts', 'rejects an expired token'),
        contract('token-rejections.ts', 'rejects a revoked token'),
        contract('token-rejections.ts', 'rejects a string that is not a token'),
      ),
    },
    {
      section: '3.1',
      keyword: 'SHOULD',
      text: 'Respond with 403 to `insufficient_scope`.',
      outcome: met(
        'With the required scopes.',
        contract('access-rejections.ts', 'rejects a caller who lacks a scope, and names all scopes of the route'),
        attack('ERR-11'),
      ),
    },
    {
      section: '3.1',
      keyword: 'SHOULD NOT',
      text: 'Include error information if the request has no authentication information.',
      outcome: met(
        'The challenge has only the realm. The body says that a token is required, as the 401 does.',
        contract('request-rejections.ts', 'rejects a request without a token'),
        contract('request-rejections.ts', 'rejects another scheme'),
      ),
    },
    {
      section: '5.2',
      keyword: 'MUST',
      text: 'Protect the token so that it cannot be modified.',
      outcome: met(
        'Only signed tokens are accepted.',
        contract('token-rejections.ts', 'rejects a token whose claims were replaced'),
        conformance(
          'properties/core-bit-flips.test.ts',
          'a token of $algorithm is rejected if a random bit is flipped',
        ),
      ),
    },
    {
      section: '5.2',
      keyword: 'MUST',
      text: 'Protect the connections to the client with TLS.',
      outcome: notApplicable(
        'Your server or proxy ([what is left to you](threat-model.md#what-is-left-to-you)). claimcheck does not check how a request arrived.',
      ),
    },
    {
      section: '5.2',
      keyword: 'MUST',
      text: 'Encrypt the token if the client must not see its content.',
      outcome: met(
        'With `decrypt`, only encrypted tokens are accepted.',
        contract('token-rejections.ts', 'rejects a token that is not encrypted if a decrypter is configured'),
      ),
    },
    {
      section: '5.2',
      keyword: 'MUST',
      text: 'Keep the token confidential between a proxy that ends TLS and the server.',
      outcome: notApplicable(
        'Your network. The RFC names encrypted tokens as one measure, which claimcheck accepts.',
        contract('request-rejections.ts', 'accepts an encrypted token'),
      ),
    },
    {
      section: '5.2',
      keyword: 'MUST',
      text: 'Limit the lifetime of tokens.',
      outcome: met(
        '`exp` is required; `maxLifetimeSeconds` and `maxTokenAgeSeconds` limit it further.',
        contract('token-rejections.ts', 'rejects a token that never expires'),
        core(
          'claims.test.ts',
          'rejects a token whose exp - iat is more than maxLifetimeSeconds, and accepts one without an exp if it is null',
        ),
      ),
    },
    {
      section: '5.3',
      keyword: 'MUST NOT',
      text: 'Store tokens in cookies that can be sent without TLS.',
      outcome: met(
        'The cookies of `@claimcheck/issuer` are `Secure`. If another server sets the cookie, that is its task.',
        issuer(
          'access-cookie.test.ts',
          'serializes an access token as a host-only, Secure and HttpOnly cookie that expires with the token',
        ),
        issuer(
          'access-cookie.test.ts',
          'throws a ConfigError for the cookie option %s: %j, so that the cookie is never weakened',
        ),
      ),
    },
    {
      section: '5.3',
      keyword: 'MUST',
      text: 'Prevent cross-site request forgery if tokens are in cookies.',
      outcome: met(
        'Methods other than GET and HEAD need a known origin ([0019](adr/0019-cookies-need-a-known-origin.md)).',
        core('cookie-token.test.ts', 'requires Sec-Fetch-Site or Origin for a request with a cookie and the method %j'),
        contract('cookies.ts', 'rejects a cross-site request even if it accepted the same cookie before'),
        attack('HTTP-30'),
      ),
    },
    {
      section: '5.3',
      keyword: 'MUST NOT',
      text: 'Pass tokens in the URLs of pages.',
      outcome: met(
        'Such a token has no effect.',
        core('bearer-token.test.ts', 'never reads the token from the query, the body, a cookie or a prototype'),
      ),
    },
  ],
}
