import { as, bearer, decrypting, encrypt, sign } from './issuer.ts'
import type { RefusalCase, RequestCase } from './refusal-case.ts'

const good = sign()
const other = sign({ sub: 'jane' })

/** Requests that bring no token, or bring it in a way that leaves room for two readings. */
export const requestRefusals: readonly RefusalCase[] = [
  { name: 'a request without a token', code: 'token_missing', headers: [] },
  { name: 'an Authorization line without anything', code: 'token_missing', headers: [['Authorization', '']] },
  { name: 'another scheme', code: 'token_missing', headers: [['Authorization', 'Basic am9objpzZWNyZXQ=']] },
  { name: 'a token under another scheme', code: 'token_missing', headers: [['Authorization', `Token ${good}`]] },
  { name: 'a scheme that begins like Bearer', code: 'token_missing', headers: [['Authorization', `Bearers ${good}`]] },
  { name: 'a token without its scheme', code: 'token_missing', headers: [['Authorization', good]] },
  { name: 'a token in the query', code: 'token_missing', path: `/?access_token=${good}`, headers: [] },
  { name: 'a token in a cookie', code: 'token_missing', headers: [['Cookie', `token=${good}; access_token=${good}`]] },
  {
    name: 'a good token in a header of another name',
    code: 'token_missing',
    headers: [['X-Forwarded-Authorization', `Bearer ${good}`]],
  },
  { name: 'one token on two lines', code: 'request_malformed', headers: [bearer(good), bearer(good)] },
  { name: 'two tokens on two lines', code: 'request_malformed', headers: [bearer(good), bearer(other)] },
  {
    name: 'a token on a second line that differs in case',
    code: 'request_malformed',
    headers: [bearer(good), ['AUTHORIZATION', `bearer ${other}`]],
  },
  {
    name: 'a token beside another scheme on a second line',
    code: 'request_malformed',
    needsLines: true,
    headers: [['Authorization', 'Basic am9objpzZWNyZXQ='], bearer(good)],
  },
  {
    name: 'two tokens on one line',
    code: 'request_malformed',
    headers: [['Authorization', `Bearer ${good}, Bearer ${other}`]],
  },
  { name: 'a comma behind the token', code: 'request_malformed', headers: [['Authorization', `Bearer ${good},`]] },
  { name: 'Bearer without a token', code: 'request_malformed', headers: [['Authorization', 'Bearer']] },
  { name: 'Bearer and blanks', code: 'request_malformed', headers: [['Authorization', 'Bearer   ']] },
  {
    name: 'a second word behind the token',
    code: 'request_malformed',
    headers: [['Authorization', `Bearer ${good} x`]],
  },
  { name: 'a tab in front of the token', code: 'request_malformed', headers: [['Authorization', `Bearer\t${good}`]] },
  { name: 'a colon behind the scheme', code: 'request_malformed', headers: [['Authorization', `Bearer: ${good}`]] },
  { name: 'a token in quotes', code: 'request_malformed', headers: [['Authorization', `Bearer "${good}"`]] },
]

/** Requests that must not be refused: a defence that refuses everything fails these. */
export const goodRequests: readonly RequestCase[] = [
  { name: 'a good token', headers: [bearer(good)] },
  { name: 'the scheme in small letters', headers: [['authorization', `bearer ${good}`]] },
  { name: 'the scheme in capitals', headers: [['AUTHORIZATION', `BEARER ${good}`]] },
  { name: 'several blanks in front of the token', headers: [['Authorization', `Bearer   ${good}`]] },
  { name: 'an audience among others', headers: [as({ aud: ['https://other.example', 'https://api.example'] })] },
  { name: 'the type of RFC 9068', headers: [bearer(sign({}, { typ: 'application/at+JWT' }))] },
  { name: 'a token in its last second of tolerance', headers: [as({ exp: 1_700_000_000 - 4 })] },
  { name: 'a token in its first second of tolerance', headers: [as({ nbf: 1_700_000_000 + 5 })] },
  { name: 'an encrypted token', headers: [bearer(encrypt(good))], options: decrypting },
  {
    name: 'an encrypted token that names its key',
    headers: [bearer(encrypt(good, { kid: 'enc-1', typ: 'JWT' }))],
    options: decrypting,
  },
  { name: 'a token that was not revoked', headers: [bearer(good)], options: { isRevoked: async () => false } },
]
