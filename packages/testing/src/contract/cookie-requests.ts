import type { HeaderLine } from './answer.ts'
import { as, bearer, nowSeconds, sign, signAsStranger } from './issuer.ts'
import type { RefusalCase, RequestCase } from './refusal-case.ts'

export const cookieName = '__Host-access'
export const allowedOrigin = 'https://app.example.com'
/** Settings of an Auth that takes a bearer header, and where there is none the cookie. */
export const byCookie = {
  tokenFrom: ['authorization', { cookie: cookieName, origins: [allowedOrigin] }],
} as const

const good = sign()
const other = sign({ sub: 'jane' })
const late = sign({ exp: nowSeconds - 600 })
const pair = `${cookieName}=${good}`

export const cookie: HeaderLine = ['Cookie', pair]
export const sameOrigin: HeaderLine = ['Sec-Fetch-Site', 'same-origin']
export const crossSite: HeaderLine = ['Sec-Fetch-Site', 'cross-site']
export const ofAllowedOrigin: HeaderLine = ['Origin', allowedOrigin]
export const ofEvilOrigin: HeaderLine = ['Origin', 'https://evil.example']
export const handshake: readonly HeaderLine[] = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
]

const line = (text: string): readonly HeaderLine[] => [['Cookie', text]]

/** A good cookie beside a bearer header that is not good: nothing is papered over. */
const behindHeader: readonly RefusalCase[] = [
  { name: 'a bearer token that is over, beside a good cookie', code: 'token_expired', headers: [bearer(late), cookie] },
  {
    name: 'a bearer token of a stranger, beside a good cookie',
    code: 'signature_invalid',
    headers: [cookie, bearer(signAsStranger())],
  },
  { name: 'a word as bearer token, beside a good cookie', code: 'token_malformed', headers: [bearer('x'), cookie] },
  {
    name: 'Bearer with nothing behind it, beside a good cookie',
    code: 'request_malformed',
    headers: [['Authorization', 'Bearer'], cookie],
  },
  {
    name: 'two bearer tokens, beside a good cookie',
    code: 'request_malformed',
    headers: [bearer(good), bearer(good), cookie],
  },
]

/** Cookies that can be read in two ways, or hold no token. */
const illFormed: readonly RefusalCase[] = [
  { name: 'a cookie that stands twice', code: 'request_malformed', headers: line(`${pair}; ${pair}`) },
  {
    name: 'a cookie that stands on two lines',
    code: 'request_malformed',
    headers: [cookie, ['cookie', `${cookieName}=${other}`]],
  },
  { name: 'an empty cookie', code: 'request_malformed', headers: line(`${cookieName}=`) },
  { name: 'a cookie in quotes', code: 'request_malformed', headers: line(`${cookieName}="${good}"`) },
  {
    name: 'an encoded cookie',
    code: 'request_malformed',
    headers: line(`${cookieName}=${good.replaceAll('.', '%2E')}`),
  },
  { name: 'a word for a cookie', code: 'token_malformed', headers: line(`${cookieName}=x`) },
  { name: 'a cookie that is over', code: 'token_expired', headers: line(`${cookieName}=${late}`) },
  { name: 'a cookie of another case', code: 'token_missing', headers: line(`__host-access=${good}`) },
  { name: 'a cookie with a blank behind its name', code: 'token_missing', headers: line(`${cookieName} =${good}`) },
  { name: 'a nameless cookie that looks like it', code: 'token_missing', headers: line(`=${pair}`) },
]

/** What acts, and does not tell that it comes from where it may act from. */
const foreign: readonly RefusalCase[] = [
  ...['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => ({
    name: `a ${method} by cookie that tells nothing of where it comes from`,
    code: 'cross_site_request' as const,
    method,
    headers: [cookie],
  })),
  ...(
    [
      ['of another site', [crossSite]],
      ['of a sibling host', [['Sec-Fetch-Site', 'same-site']]],
      ['of another origin', [ofEvilOrigin]],
      ['of a hidden origin', [['Origin', 'null']]],
      ['of an origin that begins alike', [['Origin', `${allowedOrigin}.evil.example`]]],
      ['of an allowed host by http', [['Origin', 'http://app.example.com']]],
      ['of two sites', [sameOrigin, crossSite]],
      ['of one site, said twice', [sameOrigin, sameOrigin]],
      ['of two origins', [ofAllowedOrigin, ofEvilOrigin]],
      ['of two origins and one site', [sameOrigin, ofAllowedOrigin, ofEvilOrigin]],
      ['beside another scheme', [['Authorization', 'Basic am9objpzZWNyZXQ=']]],
    ] as const
  ).map(([which, headers]) => ({
    name: `a POST by cookie ${which}`,
    code: 'cross_site_request' as const,
    method: 'POST',
    headers: [cookie, ...headers],
  })),
  { name: 'an upgrade by cookie', code: 'cross_site_request', headers: [...handshake, cookie] },
  {
    name: 'an upgrade by cookie of another origin',
    code: 'cross_site_request',
    headers: [...handshake, cookie, ofEvilOrigin],
  },
  {
    name: 'a cookie of elsewhere before the token in it',
    code: 'cross_site_request',
    method: 'POST',
    headers: line(`${cookieName}=${late}`),
  },
]

export const cookieRefusals: readonly RefusalCase[] = [...behindHeader, ...illFormed, ...foreign].map((refusal) => ({
  ...refusal,
  options: byCookie,
}))

const post = (name: string, ...headers: readonly HeaderLine[]): RequestCase => {
  return { name: `a POST by cookie ${name}`, method: 'POST', headers: [cookie, ...headers] }
}

const accepted: readonly RequestCase[] = [
  { name: 'a cookie', headers: [cookie] },
  { name: 'a cookie among others', headers: line(`theme=dark;${pair}; __host-access=${other}; x${cookieName}=x`) },
  { name: 'a cookie on one of two lines', headers: [['Cookie', 'theme=dark'], cookie] },
  { name: 'a cookie beside another scheme', headers: [['Authorization', 'Basic am9objpzZWNyZXQ='], cookie] },
  { name: 'a GET by cookie of another site', headers: [cookie, crossSite, ofEvilOrigin] },
  post('of the same origin', sameOrigin),
  post('of an origin of the list', ofAllowedOrigin),
  post('of an origin of the list that the browser calls cross-site', crossSite, ofAllowedOrigin),
  post('of the own origin, which is not on the list', sameOrigin, ['Origin', 'https://api.example.com']),
  { name: 'a bearer token beside a cookie that stands twice', headers: [as({}), cookie, cookie] },
  {
    name: 'a POST by bearer token beside a cookie, from wherever it comes',
    method: 'POST',
    headers: [as({}), ['Cookie', `${cookieName}=${other}`], crossSite, ofEvilOrigin],
  },
  { name: 'an upgrade by bearer token, from wherever it comes', headers: [...handshake, as({}), ofEvilOrigin] },
  { name: 'an upgrade by cookie of the same origin', headers: [...handshake, cookie, sameOrigin] },
]

/** Cookies that must not be refused. */
export const goodCookieRequests: readonly RequestCase[] = accepted.map((request) => ({ ...request, options: byCookie }))
