import { createDecrypter } from '@claimcheck/core/encryption'
import { allOf, hasClaim, hasRole, hasScope, where } from '@claimcheck/core'
import type { FetchLike, AuthErrorCode } from '@claimcheck/core'
import { z } from 'zod'
import type { HeaderLine } from '@claimcheck/testing/contract/response'
import type { RequestCase } from '@claimcheck/testing/contract/rejection-case'
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
export interface CanaryRejection extends RequestCase {
  readonly code: AuthErrorCode
  readonly canaries: readonly Canary[]
  /** What user code or the network reported is in the cause of the error (docs/errors.md), and nowhere else. */
  readonly causeReveals?: true
}

export const networkCanary = canaryOf('what the network reported')
export const urlCanary = canaryOf('the query of a URL')
const cookieCanary = canaryOf('a cookie')
const schemeCanary = canaryOf('the credentials of another scheme')
const wantedCanary = canaryOf('the value that a policy requires')

const good = canaryToken()
const beside: readonly HeaderLine[] = [
  ['Cookie', `session=${cookieCanary.text}`],
  ['X-Forwarded-Authorization', `Bearer ${cookieCanary.text}`],
]

function rejected(
  name: string,
  code: AuthErrorCode,
  { token, canaries }: CanaryToken,
  settings: Pick<CanaryRejection, 'options' | 'guards' | 'causeReveals'> = {},
): CanaryRejection {
  const hidden = [...canaries, cookieCanary, schemeCanary, networkCanary, urlCanary, wantedCanary]
  return { name, code, headers: [['Authorization', `Bearer ${token}`], ...beside], canaries: hidden, ...settings }
}

/** A request whose headers are rejected, whatever the token. */
function unread(name: string, code: AuthErrorCode, ...headers: readonly HeaderLine[]): CanaryRejection {
  return { ...rejected(name, code, good), headers: [...headers, ...beside] }
}

const text = claimCanary.text
const sameOrigin: HeaderLine = ['Sec-Fetch-Site', 'same-origin']
const jwksUrl = `https://keys.example/jwks?key=${urlCanary.text}`
const fetching = (fetch: FetchLike): SomeOptions => ({ keys: { jwksUrl }, algorithms: ['ES256'], fetch })
const respondingWith = (status: number, body: string) => fetching(async () => new Response(body, { status }))
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
const withCause = { causeReveals: true } as const

const requests: readonly CanaryRejection[] = [
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

const cookies: readonly CanaryRejection[] = [
  unread(
    'a cookie from another site',
    'cross_site_request',
    ['Cookie', `access=${good.token}`],
    ['Origin', schemeCanary.text],
  ),
  unread('a cookie that is not a token', 'request_malformed', ['Cookie', `access="${good.token}"`], sameOrigin),
  unread('a duplicate cookie', 'request_malformed', ['Cookie', `access=${good.token}; access=x`], sameOrigin),
].map((rejection) => ({ ...rejection, method: 'POST', options: { tokenFrom: { cookie: 'access' } } }))

const parsing: readonly CanaryRejection[] = [
  rejected('a string that is not a token', 'token_malformed', asCanary(text)),
  rejected('a truncated payload', 'token_malformed', signedToken(`{"sub":"${text}`, '{"alg":"HS256"}')),
  rejected('a duplicate claim', 'token_malformed', signedToken(`{"${text}":1,"${text}":2}`, '{"alg":"HS256"}')),
  rejected('a truncated header', 'token_malformed', signedToken('{}', `{"alg":"${headerCanary.text}"`)),
  rejected('an unknown extension', 'token_malformed', canaryToken({}, { crit: [headerCanary.text] })),
  rejected(
    'a kid that is not a string',
    'token_malformed',
    canaryToken({}, { kid: { [kidCanary.text]: kidCanary.text } }),
  ),
  rejected('a token that is too large', 'token_too_large', canaryToken({ long: text.repeat(300) })),
  rejected('another type', 'token_type_not_allowed', canaryToken({}, { typ: headerCanary.text })),
  rejected('another use', 'token_type_not_allowed', canaryToken({ token_use: text })),
  rejected('another algorithm', 'algorithm_not_allowed', canaryToken({}, { alg: headerCanary.text })),
  rejected('another issuer', 'issuer_unknown', canaryToken({ iss: `https://${text}.example` })),
]

const decrypt = createDecrypter({ keys: Buffer.from(encryptionCanary.text) })
const nested = encryptedToken(good)
const encrypted: readonly CanaryRejection[] = [
  rejected('an encrypted token if no decrypter is configured', 'token_malformed', nested),
  ...(
    [
      ['an unencrypted token when encryption is required', 'token_malformed', good],
      [
        'an encrypted token that was changed',
        'token_malformed',
        asCanary(`${nested.token.slice(0, -22)}${'A'.repeat(22)}`),
      ],
      ['an unknown encryption', 'token_malformed', encryptedToken(good, { enc: headerCanary.text })],
      ['an unknown critical parameter', 'token_malformed', encryptedToken(good, { crit: [headerCanary.text] })],
      ['an outer kid that is not a string', 'token_malformed', encryptedToken(good, { kid: { [kidCanary.text]: 1 } })],
      ['another encryption algorithm', 'token_malformed', encryptedToken(good, { alg: 'RSA-OAEP-256' })],
      [
        'an invalid ephemeral key',
        'token_malformed',
        encryptedToken(good, { alg: 'ECDH-ES+A256KW', epk: { kty: text, crv: text, x: text } }),
      ],
      ['a token that was encrypted twice', 'token_malformed', encryptedToken(nested)],
      ['an encrypted string that is not a token', 'token_malformed', encryptedToken(asCanary(text))],
      ['an unknown outer type', 'token_malformed', encryptedToken(good, { typ: headerCanary.text })],
      [
        'an encrypted token that has expired',
        'token_expired',
        encryptedToken(canaryToken({ exp: 1_600_000_000.123456 })),
      ],
      ['an encrypted token for another audience', 'audience_not_allowed', encryptedToken(canaryToken({ aud: text }))],
    ] as const
  ).map(([name, code, token]) => rejected(name, code, token, { options: { decrypt } })),
]

const verifying: readonly CanaryRejection[] = [
  rejected('a key that does not exist', 'key_not_found', publicKeyToken, {
    options: { keys: { jwks: { keys: [otherJwk, { ...otherJwk, kid: 'a third' }] } } },
  }),
  rejected('another signature', 'signature_invalid', asCanary(`${good.token.slice(0, -43)}${'A'.repeat(43)}`)),
  rejected('another audience', 'audience_not_allowed', canaryToken({ aud: [text, `https://${text}.example`] })),
  rejected('an expired token', 'token_expired', canaryToken({ exp: 1_600_000_000.123456 })),
  rejected('a token that is not valid yet', 'token_not_active', canaryToken({ nbf: 1_800_000_000.123456 })),
  rejected('a subject that is not a string', 'claim_invalid', canaryToken({ sub: { [text]: text } })),
  rejected('an issuer that is not a string', 'claim_invalid', canaryToken({ iss: [text] })),
  rejected('an audience that is not a string', 'claim_invalid', canaryToken({ aud: [text, { [text]: text }] })),
  rejected('a time that is not a number', 'claim_invalid', canaryToken({ exp: text })),
  rejected('another client', 'claim_invalid', good, { options: { clients: 'web' } }),
  rejected('a missing claim', 'claim_invalid', good, { options: { requiredClaims: ['groups'] } }),
  rejected('a claim that the schema rejects', 'claim_invalid', good, {
    options: { claims: z.object({ tenant: z.number(), sub: z.literal('root'), roles: z.array(z.number()) }) },
  }),
  rejected('a claim that the schema does not know', 'claim_invalid', canaryToken({ [text]: text }), {
    options: { claims: z.strictObject({ sub: z.string() }) },
  }),
  rejected('a claim whose properties the schema rejects', 'claim_invalid', good, {
    options: { claims: z.object({ profile: z.object({ names: z.array(z.record(z.string(), z.number())) }) }) },
  }),
  rejected('a bound token', 'token_bound', canaryToken({ cnf: { jkt: text } })),
  rejected('a revoked token', 'token_revoked', good, { options: { isRevoked: () => true } }),
]

const deciding: readonly CanaryRejection[] = [
  rejected('a missing scope', 'scope_insufficient', good, { guards: [hasScope('write')] }),
  rejected('a missing role', 'access_denied', good, { guards: [hasRole('admin')] }),
  rejected('another tenant', 'access_denied', good, { guards: [hasClaim('tenant', wantedCanary.text)] }),
  rejected('another profile', 'access_denied', good, {
    guards: [
      allOf(
        hasClaim({ claim: 'profile', includes: wantedCanary.text }),
        where('is root', () => false),
      ),
    ],
  }),
]

const outages: readonly CanaryRejection[] = [
  rejected('a key server that does not exist', 'keys_unavailable', publicKeyToken, {
    options: fetching(() => Promise.reject(networkError())),
    ...withCause,
  }),
  rejected('a key server that responds with 500', 'keys_unavailable', publicKeyToken, {
    options: respondingWith(500, networkCanary.text),
  }),
  rejected('a key server that returns no JSON', 'keys_unavailable', publicKeyToken, {
    options: respondingWith(200, `{"${networkCanary.text}`),
  }),
  rejected('a key server that returns no JWK Set', 'keys_unavailable', publicKeyToken, {
    options: respondingWith(200, `{"keys":"${networkCanary.text}"}`),
  }),
  rejected('a key source that throws', 'keys_unavailable', good, {
    options: { keys: { find: throwing, has: () => true }, algorithms: ['HS256'] },
    ...withCause,
  }),
  rejected('a key source that returns no key', 'keys_unavailable', good, {
    // A JavaScript key source can return this.
    options: {
      keys: { find: () => ({ secret: networkCanary.text }) as never, has: () => true },
      algorithms: ['HS256'],
    },
  }),
  rejected('a revocation check that throws', 'revocation_unavailable', good, {
    options: { isRevoked: throwing },
    ...withCause,
  }),
  rejected('a revocation check that returns no boolean', 'revocation_unavailable', good, {
    options: { isRevoked: () => networkCanary.text as never },
  }),
]

/** A rejection for each code, and for each of its reasons that reads something from the request or a dependency. */
export const canaryRejections: readonly CanaryRejection[] = [
  ...requests,
  ...cookies,
  ...parsing,
  ...encrypted,
  ...verifying,
  ...deciding,
  ...outages,
]
