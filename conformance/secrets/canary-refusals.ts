import { createDecrypter } from '@claimcheck/core/encryption'
import { allOf, hasClaim, hasRole, hasScope, where } from '@claimcheck/core'
import type { FetchLike, AuthErrorCode } from '@claimcheck/core'
import { z } from 'zod'
import type { HeaderLine } from '@claimcheck/testing/contract/answer'
import type { RequestCase } from '@claimcheck/testing/contract/refusal-case'
import type { SomeOptions } from '@claimcheck/testing/contract/issuer'
import {
  asCanary,
  canaryToken,
  claimCanary,
  encryptedToken,
  encryptionCanary,
  headerCanary,
  kidCanary,
  signedToken,
} from './canary-token.ts'
import type { CanaryToken } from './canary-token.ts'
import { canaryOf } from './canary.ts'
import type { Canary } from './canary.ts'

/** A rejection that is provoked by a request that is full of canaries. */
export interface CanaryRefusal extends RequestCase {
  readonly code: AuthErrorCode
  readonly canaries: readonly Canary[]
  /** What user code or the network reported is in the cause of the error (docs/errors.md), and nowhere else. */
  readonly causeReveals?: true
}

export const networkCanary = canaryOf('what the network said')
export const urlCanary = canaryOf('the query of a URL')
const cookieCanary = canaryOf('a cookie')
const schemeCanary = canaryOf('the credentials of another scheme')
const wantedCanary = canaryOf('the value that a policy asks for')

const good = canaryToken()
const beside: readonly HeaderLine[] = [
  ['Cookie', `session=${cookieCanary.text}`],
  ['X-Forwarded-Authorization', `Bearer ${cookieCanary.text}`],
]

function refused(
  name: string,
  code: AuthErrorCode,
  { token, canaries }: CanaryToken,
  settings: Pick<CanaryRefusal, 'options' | 'guards' | 'causeReveals'> = {},
): CanaryRefusal {
  const hidden = [...canaries, cookieCanary, schemeCanary, networkCanary, urlCanary, wantedCanary]
  return { name, code, headers: [['Authorization', `Bearer ${token}`], ...beside], canaries: hidden, ...settings }
}

/** A request whose headers are rejected, whatever the token. */
function unread(name: string, code: AuthErrorCode, ...headers: readonly HeaderLine[]): CanaryRefusal {
  return { ...refused(name, code, good), headers: [...headers, ...beside] }
}

const text = claimCanary.text
const sameOrigin: HeaderLine = ['Sec-Fetch-Site', 'same-origin']
const jwksUrl = `https://keys.example/jwks?key=${urlCanary.text}`
const fetching = (fetch: FetchLike): SomeOptions => ({ keys: { jwksUrl }, algorithms: ['ES256'], fetch })
const answering = (status: number, body: string) => fetching(async () => new Response(body, { status }))
const publicKeyToken = canaryToken({}, { alg: 'ES256' })
const otherJwk = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  kid: 'another',
}
const networkError = () => {
  const cause = Object.assign(new Error(`connect ECONNREFUSED ${networkCanary.text}:443`), {
    address: networkCanary.text,
  })
  return new TypeError(`fetch failed: ${networkCanary.text}`, { cause })
}
const throwing = (): never => {
  throw new Error(`connect ECONNREFUSED ${networkCanary.text}:6379`)
}
const tells = { causeReveals: true } as const

const requests: readonly CanaryRefusal[] = [
  unread('another scheme', 'token_missing', ['Authorization', `Basic ${schemeCanary.text}`]),
  unread('a token under another name', 'token_missing', ['X-Token', good.token]),
  unread('a token and more', 'request_malformed', ['Authorization', `Bearer ${good.token} ${schemeCanary.text}`]),
  unread('a token in quotes', 'request_malformed', ['Authorization', `Bearer "${good.token}"`]),
  unread(
    'two tokens',
    'request_malformed',
    ['Authorization', `Bearer ${good.token}`],
    ['Authorization', `Bearer ${schemeCanary.text}`],
  ),
]

const cookies: readonly CanaryRefusal[] = [
  unread(
    'a cookie of elsewhere',
    'cross_site_request',
    ['Cookie', `access=${good.token}`],
    ['Origin', schemeCanary.text],
  ),
  unread('a cookie that is no token', 'request_malformed', ['Cookie', `access="${good.token}"`], sameOrigin),
  unread('a cookie that stands twice', 'request_malformed', ['Cookie', `access=${good.token}; access=x`], sameOrigin),
].map((refusal) => ({ ...refusal, method: 'POST', options: { tokenFrom: { cookie: 'access' } } }))

const parsing: readonly CanaryRefusal[] = [
  refused('a text that is no token', 'token_malformed', asCanary(text)),
  refused('a payload that breaks off', 'token_malformed', signedToken(`{"sub":"${text}`, '{"alg":"HS256"}')),
  refused('a claim that stands twice', 'token_malformed', signedToken(`{"${text}":1,"${text}":2}`, '{"alg":"HS256"}')),
  refused('a header that breaks off', 'token_malformed', signedToken('{}', `{"alg":"${headerCanary.text}"`)),
  refused('an extension that is not known', 'token_malformed', canaryToken({}, { crit: [headerCanary.text] })),
  refused('a kid that is no string', 'token_malformed', canaryToken({}, { kid: { [kidCanary.text]: kidCanary.text } })),
  refused('a token that is too large', 'token_too_large', canaryToken({ long: text.repeat(300) })),
  refused('a type of its own', 'token_type_not_allowed', canaryToken({}, { typ: headerCanary.text })),
  refused('another use', 'token_type_not_allowed', canaryToken({ token_use: text })),
  refused('an algorithm of its own', 'algorithm_not_allowed', canaryToken({}, { alg: headerCanary.text })),
  refused('an issuer of its own', 'issuer_unknown', canaryToken({ iss: `https://${text}.example` })),
]

const decrypt = createDecrypter({ keys: Buffer.from(encryptionCanary.text) })
const nested = encryptedToken(good)
const encrypted: readonly CanaryRefusal[] = [
  refused('an encrypted token where none is wanted', 'token_malformed', nested),
  ...(
    [
      ['an unencrypted token when encryption is required', 'token_malformed', good],
      [
        'an encrypted token that is changed',
        'token_malformed',
        asCanary(`${nested.token.slice(0, -22)}${'A'.repeat(22)}`),
      ],
      ['an unknown encryption', 'token_malformed', encryptedToken(good, { enc: headerCanary.text })],
      ['an unknown critical parameter', 'token_malformed', encryptedToken(good, { crit: [headerCanary.text] })],
      ['an outer kid that is not a string', 'token_malformed', encryptedToken(good, { kid: { [kidCanary.text]: 1 } })],
      ['another algorithm of encryption', 'token_malformed', encryptedToken(good, { alg: 'RSA-OAEP-256' })],
      [
        'an ephemeral key of its own',
        'token_malformed',
        encryptedToken(good, { alg: 'ECDH-ES+A256KW', epk: { kty: text, crv: text, x: text } }),
      ],
      ['a token that was encrypted twice', 'token_malformed', encryptedToken(nested)],
      ['an encrypted text that is not a token', 'token_malformed', encryptedToken(asCanary(text))],
      ['an unknown outer type', 'token_malformed', encryptedToken(good, { typ: headerCanary.text })],
      [
        'an encrypted token that has expired',
        'token_expired',
        encryptedToken(canaryToken({ exp: 1_600_000_000.123456 })),
      ],
      [
        'an encrypted token for an audience of its own',
        'audience_not_allowed',
        encryptedToken(canaryToken({ aud: text })),
      ],
    ] as const
  ).map(([name, code, token]) => refused(name, code, token, { options: { decrypt } })),
]

const verifying: readonly CanaryRefusal[] = [
  refused('a key that does not exist', 'key_not_found', publicKeyToken, {
    options: { keys: { jwks: { keys: [otherJwk, { ...otherJwk, kid: 'a third' }] } } },
  }),
  refused('a signature of another', 'signature_invalid', asCanary(`${good.token.slice(0, -43)}${'A'.repeat(43)}`)),
  refused('an audience of its own', 'audience_not_allowed', canaryToken({ aud: [text, `https://${text}.example`] })),
  refused('a token that is over', 'token_expired', canaryToken({ exp: 1_600_000_000.123456 })),
  refused('a token that is to come', 'token_not_active', canaryToken({ nbf: 1_800_000_000.123456 })),
  refused('a subject that is no string', 'claim_invalid', canaryToken({ sub: { [text]: text } })),
  refused('an issuer that is no string', 'claim_invalid', canaryToken({ iss: [text] })),
  refused('an audience that is no string', 'claim_invalid', canaryToken({ aud: [text, { [text]: text }] })),
  refused('a time that is no number', 'claim_invalid', canaryToken({ exp: text })),
  refused('a client of its own', 'claim_invalid', good, { options: { clients: 'web' } }),
  refused('a claim that is missing', 'claim_invalid', good, { options: { requiredClaims: ['groups'] } }),
  refused('a claim that the schema refuses', 'claim_invalid', good, {
    options: { claims: z.object({ tenant: z.number(), sub: z.literal('root'), roles: z.array(z.number()) }) },
  }),
  refused('a claim that the schema does not know', 'claim_invalid', canaryToken({ [text]: text }), {
    options: { claims: z.strictObject({ sub: z.string() }) },
  }),
  refused('a claim whose members the schema refuses', 'claim_invalid', good, {
    options: { claims: z.object({ profile: z.object({ names: z.array(z.record(z.string(), z.number())) }) }) },
  }),
  refused('a bound token', 'token_bound', canaryToken({ cnf: { jkt: text } })),
  refused('a revoked token', 'token_revoked', good, { options: { isRevoked: () => true } }),
]

const deciding: readonly CanaryRefusal[] = [
  refused('a scope that is missing', 'scope_insufficient', good, { guards: [hasScope('write')] }),
  refused('a role that is missing', 'access_denied', good, { guards: [hasRole('admin')] }),
  refused('another tenant', 'access_denied', good, { guards: [hasClaim('tenant', wantedCanary.text)] }),
  refused('another profile', 'access_denied', good, {
    guards: [
      allOf(
        hasClaim({ claim: 'profile', includes: wantedCanary.text }),
        where('is root', () => false),
      ),
    ],
  }),
]

const outages: readonly CanaryRefusal[] = [
  refused('a key server that does not exist', 'keys_unavailable', publicKeyToken, {
    options: fetching(() => Promise.reject(networkError())),
    ...tells,
  }),
  refused('a key server that is out', 'keys_unavailable', publicKeyToken, {
    options: answering(500, networkCanary.text),
  }),
  refused('a key server that gives no JSON', 'keys_unavailable', publicKeyToken, {
    options: answering(200, `{"${networkCanary.text}`),
  }),
  refused('a key server that gives no set', 'keys_unavailable', publicKeyToken, {
    options: answering(200, `{"keys":"${networkCanary.text}"}`),
  }),
  refused('a key source that throws', 'keys_unavailable', good, {
    options: { keys: { find: throwing, has: () => true }, algorithms: ['HS256'] },
    ...tells,
  }),
  refused('a key source that gives no key', 'keys_unavailable', good, {
    // A JavaScript key source can return this.
    options: {
      keys: { find: () => ({ secret: networkCanary.text }) as never, has: () => true },
      algorithms: ['HS256'],
    },
  }),
  refused('a revocation that throws', 'revocation_unavailable', good, { options: { isRevoked: throwing }, ...tells }),
  refused('a revocation that gives no boolean', 'revocation_unavailable', good, {
    options: { isRevoked: () => networkCanary.text as never },
  }),
]

/** A rejection for each code, and for each of its reasons that reads something from the request or a dependency. */
export const canaryRefusals: readonly CanaryRefusal[] = [
  ...requests,
  ...cookies,
  ...parsing,
  ...encrypted,
  ...verifying,
  ...deciding,
  ...outages,
]
