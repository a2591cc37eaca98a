import { as, bearer, decrypting, encrypt, sign } from './issuer.ts'
import type { RejectionCase, RequestCase } from './rejection-case.ts'

const good = sign()
const other = sign({ sub: 'jane' })

/** Requests without a token, or with an ambiguous one. */
export const requestRejections: readonly RejectionCase[] = [
  { name: 'a request without a token', code: 'token_missing', headers: [] },
  { name: 'an empty Authorization header', code: 'token_missing', headers: [['Authorization', '']] },
  { name: 'another scheme', code: 'token_missing', headers: [['Authorization', 'Basic am9objpzZWNyZXQ=']] },
  { name: 'a token under another scheme', code: 'token_missing', headers: [['Authorization', `Token ${good}`]] },
  { name: 'a scheme that begins like Bearer', code: 'token_missing', headers: [['Authorization', `Bearers ${good}`]] },
  { name: 'a token without its scheme', code: 'token_missing', headers: [['Authorization', good]] },
  { name: 'a token in the query', code: 'token_missing', path: `/?access_token=${good}`, headers: [] },
  {
    name: 'a token in a cookie that is not configured',
    code: 'token_missing',
    headers: [['Cookie', `token=${good}; access_token=${good}`]],
  },
  {
    name: 'a valid token in another header',
    code: 'token_missing',
    headers: [['X-Forwarded-Authorization', `Bearer ${good}`]],
  },
  { name: 'the same token on two header lines', code: 'request_malformed', headers: [bearer(good), bearer(good)] },
  { name: 'two tokens on two header lines', code: 'request_malformed', headers: [bearer(good), bearer(other)] },
  {
    name: 'a second Authorization line in another case',
    code: 'request_malformed',
    headers: [bearer(good), ['AUTHORIZATION', `bearer ${other}`]],
  },
  {
    name: 'a token and another scheme on two header lines',
    code: 'request_malformed',
    needsLines: true,
    headers: [['Authorization', 'Basic am9objpzZWNyZXQ='], bearer(good)],
  },
  {
    name: 'two tokens on one header line',
    code: 'request_malformed',
    headers: [['Authorization', `Bearer ${good}, Bearer ${other}`]],
  },
  { name: 'a comma after the token', code: 'request_malformed', headers: [['Authorization', `Bearer ${good},`]] },
  { name: 'Bearer without a token', code: 'request_malformed', headers: [['Authorization', 'Bearer']] },
  { name: 'Bearer and spaces without a token', code: 'request_malformed', headers: [['Authorization', 'Bearer   ']] },
  {
    name: 'a second word after the token',
    code: 'request_malformed',
    headers: [['Authorization', `Bearer ${good} x`]],
  },
  { name: 'a tab before the token', code: 'request_malformed', headers: [['Authorization', `Bearer\t${good}`]] },
  { name: 'a colon after the scheme', code: 'request_malformed', headers: [['Authorization', `Bearer: ${good}`]] },
  { name: 'a token in quotes', code: 'request_malformed', headers: [['Authorization', `Bearer "${good}"`]] },
]

/** Requests that are accepted. An adapter that rejects everything fails these tests. */
export const acceptedRequests: readonly RequestCase[] = [
  { name: 'a valid token', headers: [bearer(good)] },
  { name: 'the scheme in lower case', headers: [['authorization', `bearer ${good}`]] },
  { name: 'the scheme in upper case', headers: [['AUTHORIZATION', `BEARER ${good}`]] },
  { name: 'several spaces before the token', headers: [['Authorization', `Bearer   ${good}`]] },
  { name: 'a token with several audiences', headers: [as({ aud: ['https://other.example', 'https://api.example'] })] },
  { name: 'a token with the type of RFC 9068', headers: [bearer(sign({}, { typ: 'application/at+JWT' }))] },
  { name: 'a token in its last second of tolerance', headers: [as({ exp: 1_700_000_000 - 4 })] },
  { name: 'a token in its first second of tolerance', headers: [as({ nbf: 1_700_000_000 + 5 })] },
  { name: 'an encrypted token', headers: [bearer(encrypt(good))], options: decrypting },
  {
    name: 'an encrypted token with the kid of its key',
    headers: [bearer(encrypt(good, { kid: 'enc-1', typ: 'JWT' }))],
    options: decrypting,
  },
  { name: 'a token that is not revoked', headers: [bearer(good)], options: { isRevoked: async () => false } },
]
