import type { HeaderLine } from './response.ts'
import { as, bearer, nowSeconds, sign, signAsStranger } from './issuer.ts'
import type { RejectionCase, RequestCase } from './rejection-case.ts'

export const cookieName = '__Host-access'
export const allowedOrigin = 'https://app.example.com'
/** Options of an Auth that reads the Authorization header, and the cookie if there is no bearer token. */
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

/** A valid cookie does not replace a bad bearer token. */
const withBadHeader: readonly RejectionCase[] = [
  { name: 'an expired bearer token with a valid cookie', code: 'token_expired', headers: [bearer(late), cookie] },
  {
    name: 'a bearer token that is signed with another key, with a valid cookie',
    code: 'signature_invalid',
    headers: [cookie, bearer(signAsStranger())],
  },
  {
    name: 'a bearer token that is not a token, with a valid cookie',
    code: 'token_malformed',
    headers: [bearer('x'), cookie],
  },
  {
    name: 'Bearer without a token, with a valid cookie',
    code: 'request_malformed',
    headers: [['Authorization', 'Bearer'], cookie],
  },
  {
    name: 'two bearer tokens with a valid cookie',
    code: 'request_malformed',
    headers: [bearer(good), bearer(good), cookie],
  },
]

/** Cookies that are ambiguous or contain no token. */
const malformed: readonly RejectionCase[] = [
  { name: 'a duplicate cookie', code: 'request_malformed', headers: line(`${pair}; ${pair}`) },
  {
    name: 'a cookie on two header lines',
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
  { name: 'a cookie that is not a token', code: 'token_malformed', headers: line(`${cookieName}=x`) },
  { name: 'a cookie with an expired token', code: 'token_expired', headers: line(`${cookieName}=${late}`) },
  { name: 'a cookie whose name differs in case', code: 'token_missing', headers: line(`__host-access=${good}`) },
  { name: 'a cookie with a space after its name', code: 'token_missing', headers: line(`${cookieName} =${good}`) },
  { name: 'a cookie without a name whose value looks like the pair', code: 'token_missing', headers: line(`=${pair}`) },
]

/** Requests that could change something, and do not show that they come from an allowed origin. */
const crossOrigin: readonly RejectionCase[] = [
  ...['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => ({
    name: `${method} with a cookie and without an origin`,
    code: 'cross_site_request' as const,
    method,
    headers: [cookie],
  })),
  ...(
    [
      ['from another site', [crossSite]],
      ['from another host of the site', [['Sec-Fetch-Site', 'same-site']]],
      ['from another origin', [ofEvilOrigin]],
      ['from the origin null', [['Origin', 'null']]],
      ['from an origin with the same prefix', [['Origin', `${allowedOrigin}.evil.example`]]],
      ['from an allowed host over HTTP', [['Origin', 'http://app.example.com']]],
      ['with two different Sec-Fetch-Site lines', [sameOrigin, crossSite]],
      ['with two equal Sec-Fetch-Site lines', [sameOrigin, sameOrigin]],
      ['from two origins', [ofAllowedOrigin, ofEvilOrigin]],
      ['from two origins, with one Sec-Fetch-Site line', [sameOrigin, ofAllowedOrigin, ofEvilOrigin]],
      ['with another Authorization scheme', [['Authorization', 'Basic am9objpzZWNyZXQ=']]],
    ] as const
  ).map(([which, headers]) => ({
    name: `POST with a cookie ${which}`,
    code: 'cross_site_request' as const,
    method: 'POST',
    headers: [cookie, ...headers],
  })),
  {
    name: 'an upgrade with a cookie and without an origin',
    code: 'cross_site_request',
    headers: [...handshake, cookie],
  },
  {
    name: 'an upgrade with a cookie from another origin',
    code: 'cross_site_request',
    headers: [...handshake, cookie, ofEvilOrigin],
  },
  {
    name: 'a cookie from another origin before it reads the expired token',
    code: 'cross_site_request',
    method: 'POST',
    headers: line(`${cookieName}=${late}`),
  },
]

export const cookieRejections: readonly RejectionCase[] = [...withBadHeader, ...malformed, ...crossOrigin].map(
  (rejection) => ({
    ...rejection,
    options: byCookie,
  }),
)

const post = (name: string, ...headers: readonly HeaderLine[]): RequestCase => {
  return { name: `POST with a cookie ${name}`, method: 'POST', headers: [cookie, ...headers] }
}

const accepted: readonly RequestCase[] = [
  { name: 'a valid cookie', headers: [cookie] },
  {
    name: 'a valid cookie among others',
    headers: line(`theme=dark;${pair}; __host-access=${other}; x${cookieName}=x`),
  },
  { name: 'a valid cookie on one of two lines', headers: [['Cookie', 'theme=dark'], cookie] },
  {
    name: 'a valid cookie with another Authorization scheme',
    headers: [['Authorization', 'Basic am9objpzZWNyZXQ='], cookie],
  },
  { name: 'GET with a cookie from another site', headers: [cookie, crossSite, ofEvilOrigin] },
  post('from the same origin', sameOrigin),
  post('from an allowed origin', ofAllowedOrigin),
  post('from an allowed origin that the browser calls cross-site', crossSite, ofAllowedOrigin),
  post('from the same origin, which is not on the list', sameOrigin, ['Origin', 'https://api.example.com']),
  { name: 'a bearer token with a duplicate cookie', headers: [as({}), cookie, cookie] },
  {
    name: 'POST with a bearer token and a cookie from any site',
    method: 'POST',
    headers: [as({}), ['Cookie', `${cookieName}=${other}`], crossSite, ofEvilOrigin],
  },
  { name: 'an upgrade with a bearer token from any origin', headers: [...handshake, as({}), ofEvilOrigin] },
  { name: 'an upgrade with a cookie from the same origin', headers: [...handshake, cookie, sameOrigin] },
]

/** Requests with a cookie that are accepted. */
export const acceptedCookieRequests: readonly RequestCase[] = accepted.map((request) => ({
  ...request,
  options: byCookie,
}))
