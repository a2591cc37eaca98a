import { attack, conformance, contract, core, inFolder, met, notApplicable, notMet } from './requirement.ts'
import type { StandardsDocument } from './requirement.ts'

const documentation = inFolder('conformance/documentation')

export const rfc9700: StandardsDocument = {
  name: 'RFC 9700',
  title: 'Best Current Practice for OAuth 2.0 Security',
  url: 'https://www.rfc-editor.org/rfc/rfc9700',
  edition: 'January 2025',
  requirements: [
    {
      section: '2.2.1',
      keyword: 'SHOULD',
      text: 'Use sender-constrained access tokens (mutual TLS or DPoP).',
      outcome: notMet(
        'Proofs of possession are not supported yet. A token that is bound to a key is rejected as `token_bound`, so it is never accepted ' +
          'without its proof, unless `tokenBinding: null` skips this check.',
        core('claims.test.ts', 'rejects a token with the cnf %j as token_bound, unless tokenBinding is null'),
        attack('DPOP-56'),
        attack('MTLS-11'),
      ),
    },
    {
      section: '2.3',
      keyword: 'MUST',
      text: 'Refuse a request whose token was not meant for this resource server, at every request.',
      outcome: met(
        'A cached token passes only in the Auth that verified it, for the same audience.',
        contract('token-rejections.ts', 'rejects a token for another audience'),
        attack('CACHE-03'),
      ),
    },
    {
      section: '2.6',
      keyword: 'RECOMMENDED',
      text: 'Use TLS from the client to the resource server.',
      outcome: notApplicable('Your server or proxy ([what is left to you](threat-model.md#what-is-left-to-you)).'),
    },
    {
      section: '3',
      keyword: 'MUST',
      text: 'Take into account all types of attackers in the environment.',
      outcome: met(
        'The [threat model](threat-model.md) lists them, with the tests for each.',
        documentation(
          'threat-model.test.ts',
          'docs/threat-model.md has a mitigation and a link to a test file in each row',
        ),
      ),
    },
    {
      section: '4.9.3',
      keyword: 'SHOULD',
      text: 'Use sender-constrained tokens against replay at other resource servers.',
      outcome: notMet('Not supported yet, as in section 2.2.1.', attack('DPOP-56')),
    },
    {
      section: '4.9.3',
      keyword: 'SHOULD',
      text: 'Use audience restriction against replay at other resource servers.',
      outcome: met(
        '`audience` is required.',
        core('config.test.ts', 'throws a ConfigError if %s is missing'),
        attack('CLAIM-01'),
      ),
    },
    {
      section: '4.9.3',
      keyword: 'MUST',
      text: 'Treat access tokens as secrets, and do not store or transfer them in plain text.',
      outcome: met(
        'No response, log, channel or printed object contains one. Verified tokens are cached in memory only; `cache: null` caches none.',
        conformance(
          'secrets/core-rejections.test.ts',
          'an error reveals nothing of the request, the keys or the network: %s',
        ),
        conformance('secrets/core-printing.test.ts', 'printing an Auth %s reveals neither its secrets nor its tokens'),
        core('diagnostics.test.ts', 'publishes no part of the token'),
      ),
    },
    {
      section: '4.13',
      keyword: 'MUST',
      text: 'A reverse proxy sanitizes the headers on which the server relies.',
      outcome: notApplicable(
        'Your proxy. claimcheck does not read `Host` or `X-Forwarded-*`; a custom header in `tokenFrom` is only as safe as the proxy.',
        contract('request-rejections.ts', 'rejects a valid token in another header'),
      ),
    },
    {
      section: '4.13',
      keyword: 'MUST',
      text: 'Protect the connection between the proxy and the server.',
      outcome: notApplicable(
        'Your network. The claims of an encrypted token stay hidden on it, but the token can be replayed.',
      ),
    },
  ],
}
