import { once } from 'node:events'
import { connect, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createCookieReader } from '../src/index.ts'
import type { RequestLike } from '../src/index.ts'
import { authWith, nowSeconds, resultOf, sign } from './tokens.ts'

type Headers = Record<string, string>

const token = await sign()
const other = await sign({ sub: 'jane' })
const late = await sign({ exp: nowSeconds - 600 })
const forged = await sign({}, {}, 'another secret, of 32 bytes or more')
const name = '__Host-access'
const app = 'https://app.example.com'
const auth = authWith({ tokenFrom: ['authorization', { cookie: name, origins: [app] }] })
const good = `${name}=${token}`
const sameOrigin = { 'sec-fetch-site': 'same-origin' }
const upgrade = { connection: 'Upgrade', upgrade: 'websocket' }

/** The subject of an accepted request, or the code with which it is rejected. */
async function outcomeOf(request: RequestLike, by = auth): Promise<unknown> {
  try {
    return (await by.authenticate(request)).subject
  } catch (error) {
    return resultOf(Promise.reject(error))
  }
}

const readCookie = (cookie: string) => outcomeOf({ method: 'GET', headers: { cookie } })
const requestWith = (headers: Headers, method: string | undefined = 'POST') =>
  outcomeOf({ method, headers: { cookie: good, ...headers } })

describe('option tokenFrom with several locations', () => {
  it('reads the token from the first location that contains one', async () => {
    expect(await outcomeOf({ method: 'GET', headers: { authorization: `Bearer ${other}`, cookie: good } })).toBe('jane')
    expect(await outcomeOf({ method: 'GET', headers: { cookie: good } })).toBe('john')
    expect(await outcomeOf({ method: 'GET', headers: {} })).toBe('token_missing')
  })

  it.each([
    ['request_malformed', 'Bearer'],
    ['request_malformed', 'bearer '],
    ['request_malformed', `Bearer ${token} x`],
    ['request_malformed', `Bearer\t${token}`],
    ['token_malformed', 'Bearer garbage'],
    ['token_expired', `Bearer ${late}`],
    ['signature_invalid', `Bearer ${forged}`],
  ])('does not fall back to a valid cookie after an invalid bearer header: %s, %j', async (code, authorization) => {
    expect(await outcomeOf({ method: 'GET', headers: { authorization, cookie: good } })).toBe(code)
    expect(await requestWith({ authorization, ...sameOrigin })).toBe(code)
  })

  it('does not fall back to a cookie when there are two bearer headers', async () => {
    const line = `Bearer ${token}`
    const rawHeaders = ['Authorization', line, 'authorization', line, 'Cookie', good]
    const request = { method: 'GET', headers: { authorization: line, cookie: good }, rawHeaders }
    expect(await outcomeOf(request)).toBe('request_malformed')
  })

  it('ignores the cookie of a request with a bearer header, even a repeated one or one from another origin', async () => {
    const headers = { authorization: `Bearer ${other}`, cookie: `${good}; ${good}`, origin: 'https://evil.example' }
    expect(await outcomeOf({ method: 'POST', headers })).toBe('jane')
  })

  it.each(['Basic am9objpzZWNyZXQ=', 'Negotiate YII', '', token])(
    'reads the cookie if the Authorization header has another scheme: %j',
    async (authorization) => {
      expect(await outcomeOf({ method: 'GET', headers: { authorization, cookie: good } })).toBe('john')
      expect(await requestWith({ authorization })).toBe('cross_site_request')
    },
  )

  it('accepts headers as locations, in the configured order', async () => {
    const by = authWith({ tokenFrom: [{ header: 'Cf-Access-Jwt-Assertion' }, 'authorization', { cookie: 'CF_Auth' }] })
    const all = { 'cf-access-jwt-assertion': other, authorization: `Bearer ${token}`, cookie: `CF_Auth=${token}` }
    expect(await outcomeOf({ method: 'GET', headers: all }, by)).toBe('jane')
    const { 'cf-access-jwt-assertion': _first, ...behind } = { ...all, cookie: `CF_Auth=${other}` }
    expect(await outcomeOf({ method: 'GET', headers: behind }, by)).toBe('john')
    expect(await outcomeOf({ method: 'GET', headers: { cookie: behind.cookie } }, by)).toBe('jane')
    expect(await outcomeOf({ method: 'GET', headers: { ...all, 'cf-access-jwt-assertion': '' } }, by)).toBe(
      'request_malformed',
    )
  })

  it('ignores Authorization if tokenFrom is one cookie', async () => {
    const by = authWith({ tokenFrom: { cookie: 'access' } })
    const headers = { authorization: 'Bearer garbage', cookie: `access=${token}` }
    expect(await outcomeOf({ method: 'GET', headers }, by)).toBe('john')
    expect(await outcomeOf({ method: 'POST', headers: { ...headers, origin: app } }, by)).toBe('cross_site_request')
  })
})

describe('token cookie', () => {
  it.each([
    ['alone', good],
    ['first', `${good}; theme=dark`],
    ['last', `theme=dark; ${good}`],
    ['without spaces between the pairs', `theme=dark;${good};a=b`],
    ['after a tab and several spaces', `theme=dark; \t  ${good}`],
    ['beside malformed pairs', `;; =x; theme; ${name}; ${good};`],
    ['beside its own name in another value', `theme=${name}=${other}; ${good}`],
    ['beside its own name after a space in a value', `theme=dark ${name}=${other}; ${good}`],
    ['beside a longer name', `x${name}=${other}; ${name}2=${other}; ${good}`],
    ['beside its name in lower case', `__host-access=${other}; ${good}`],
    ['beside its name in upper case', `${good}; __HOST-ACCESS=${other}`],
    ['beside its name and a space', `${name} =${other}; ${good}`],
    ['beside its name after a Unicode space', `\u2003${name}=${other}; \u00a0${name}=${other}; ${good}`],
    ['beside a nameless cookie that contains its name', `=${name}=${other}; ${good}`],
    ['beside an encoded name', `__Host%2Daccess=${other}; ${good}`],
  ])('reads the token cookie by its exact name: %s', async (_where, cookie) => {
    expect(await readCookie(cookie)).toBe('john')
  })

  it.each([
    ['an empty header', ''],
    ['other cookies', 'theme=dark; access=x'],
    ['the name in another case', `__host-access=${token}`],
    ['a space after the name', `${name} =${token}`],
    ['a name without a value', name],
    ['a nameless cookie', `=${good}`],
    ['a comma instead of a semicolon', `theme=dark, ${good}`],
  ])('rejects a Cookie header without the token cookie as token_missing: %s', async (_what, cookie) => {
    expect(await readCookie(cookie)).toBe('token_missing')
  })

  it.each([
    ['the same cookie twice', `${good}; ${good}`],
    ['two tokens', `${good}; theme=dark; ${name}=${other}`],
    ['an empty duplicate before the cookie', `${name}=; ${good}`],
    ['an empty duplicate after the cookie', `${good};${name}=`],
    ['an empty value', `${name}=`],
    ['a token in quotes', `${name}="${token}"`],
    ['a space before the token', `${name}= ${token}`],
    ['a space after the token', `${name}=${token} ; theme=dark`],
    ['percent-encoding', `${name}=${token.replaceAll('.', '%2E')}`],
    ['a scheme before the token', `${name}=Bearer ${token}`],
    ['two tokens and a comma', `${name}=${token},${token}`],
    ['padding inside the token', `${name}=a=b`],
  ])('rejects a Cookie header with %s as request_malformed', async (_what, cookie) => {
    expect(await readCookie(cookie)).toBe('request_malformed')
  })

  it('validates the token in a cookie like a token in a header', async () => {
    expect(await readCookie(`${name}=garbage`)).toBe('token_malformed')
    expect(await readCookie(`${name}=${token}=`)).toBe('token_malformed')
    expect(await readCookie(`${name}=${late}`)).toBe('token_expired')
    expect(await readCookie(`${name}=${'a'.repeat(8193)}`)).toBe('token_too_large')
  })

  it('reads the token cookie from each of several Cookie headers', async () => {
    const lines = (first: string, second: string) =>
      outcomeOf({
        method: 'GET',
        headers: { cookie: `${first}; ${second}` },
        rawHeaders: ['Cookie', first, 'cookie', second],
      })
    expect(await lines('theme=dark', good)).toBe('john')
    expect(await lines(good, `${name}=${other}`)).toBe('request_malformed')
    const asList = (cookie: string[]) => outcomeOf({ method: 'GET', headers: { cookie } })
    expect(await asList([good, 'theme=dark'])).toBe('john')
    expect(await asList([good, good])).toBe('request_malformed')
    expect(await asList([])).toBe('token_missing')
    expect(await outcomeOf({ method: 'GET', headers: { Cookie: good } })).toBe('john')
    expect(await outcomeOf({ method: 'GET', headers: { Cookie: good, cookie: 'a=b' } })).toBe('request_malformed')
  })

  it('reads the token cookie from Headers of the Fetch API', async () => {
    const headers = new Headers({ cookie: `theme=dark; ${good}` })
    expect(await outcomeOf({ method: 'GET', headers })).toBe('john')
    expect(await outcomeOf({ method: 'POST', headers })).toBe('cross_site_request')
    headers.append('cookie', good)
    expect(await outcomeOf({ method: 'GET', headers })).toBe('request_malformed')
  })

  it('reads the token cookie from HTTP/2 requests, which can split the Cookie header', async () => {
    const server = createServer((request, response) => {
      outcomeOf(request).then((outcome) => response.end(String(outcome)), response.destroy)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => {
      client.destroy()
      server.close()
    })
    const send = async (cookie: string[], headers: Headers = {}) => {
      const stream = client.request({ ':path': '/', cookie, ...headers })
      const chunks: unknown[] = []
      for await (const chunk of stream) chunks.push(chunk)
      return chunks.join('')
    }
    expect(await send(['theme=dark', good, 'a=b'])).toBe('john')
    expect(await send([good, 'a=b', `${name}=${other}`])).toBe('request_malformed')
    expect(await send([good], { ':method': 'POST' })).toBe('cross_site_request')
    expect(await send([good], { ':method': 'POST', ...sameOrigin })).toBe('john')
  })

  it('searches for the token cookie in linear time', async () => {
    const traps = [' ', ';', `${name}=`, ` ${name}=`, `x${' '.repeat(50)}${name}=`]
    for (const trap of traps) expect(await readCookie(`x=${trap.repeat(200_000)}`)).toMatch(/token_missing|malformed/)
  })
})

describe('cross-site requests with a cookie', () => {
  it.each(['GET', 'HEAD'])('accepts a %s request with a cookie from any site', async (method) => {
    const headers = { cookie: good, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    expect(await outcomeOf({ method, headers })).toBe('john')
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'QUERY', 'get', 'HEAD ', ''])(
    'requires Sec-Fetch-Site or Origin for a request with a cookie and the method %j',
    async (method) => {
      expect(await requestWith({}, method)).toBe('cross_site_request')
      expect(await requestWith(sameOrigin, method)).toBe('john')
    },
  )

  it('requires Sec-Fetch-Site or Origin for a request with a cookie if its method is unknown', async () => {
    expect(await outcomeOf({ headers: { cookie: good } })).toBe('cross_site_request')
    expect(await outcomeOf({ headers: { cookie: good, ...sameOrigin } })).toBe('john')
  })

  it.each<[string, Headers]>([
    ['Sec-Fetch-Site is same-origin', sameOrigin],
    ['Origin is in the list', { origin: app }],
    ['Sec-Fetch-Site is same-origin and Origin is in the list', { ...sameOrigin, origin: app }],
    [
      'Sec-Fetch-Site is same-origin and Origin is not in the list',
      { ...sameOrigin, origin: 'https://api.example.com' },
    ],
    ['Sec-Fetch-Site is same-origin and the browser hides Origin', { ...sameOrigin, origin: 'null' }],
    ['Origin is in the list and Sec-Fetch-Site is cross-site', { 'sec-fetch-site': 'cross-site', origin: app }],
    ['Origin is in the list and Sec-Fetch-Site is same-site', { 'sec-fetch-site': 'same-site', origin: app }],
  ])('accepts a POST and an upgrade with a cookie if %s', async (_why, headers) => {
    expect(await requestWith(headers)).toBe('john')
    expect(await requestWith({ ...headers, ...upgrade }, 'GET')).toBe('john')
  })

  it.each<[string, Headers]>([
    ['neither header', {}],
    ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['Sec-Fetch-Site: same-site', { 'sec-fetch-site': 'same-site' }],
    ['Sec-Fetch-Site: none', { 'sec-fetch-site': 'none' }],
    ['Sec-Fetch-Site in another case', { 'sec-fetch-site': 'Same-Origin' }],
    ['Sec-Fetch-Site with a suffix', { 'sec-fetch-site': 'same-origin;x' }],
    ['another Origin', { origin: 'https://evil.example' }],
    ['Origin: null', { origin: 'null' }],
    ['an empty Origin', { origin: '' }],
    ['an Origin with the scheme http', { origin: 'http://app.example.com' }],
    ['an Origin with another port', { origin: `${app}:8443` }],
    ['an Origin with the default port', { origin: `${app}:443` }],
    ['an Origin whose host has a suffix', { origin: `${app}.evil.example` }],
    ['an Origin whose host has a prefix', { origin: 'https://evil-app.example.com' }],
    ['an Origin with a slash', { origin: `${app}/` }],
    ['an Origin in upper case', { origin: app.toUpperCase() }],
    ['two origins in one Origin', { origin: `${app} https://evil.example` }],
    ['only a Referer', { referer: `${app}/page` }],
    ['only a header that scripts set', { 'x-requested-with': 'XMLHttpRequest' }],
    ['a Host that is in the list', { host: 'app.example.com', origin: 'https://api.example.com' }],
    ['two joined Sec-Fetch-Site headers', { 'sec-fetch-site': 'same-origin, cross-site' }],
    ['two joined Origin headers', { origin: `${app}, ${app}` }],
    ['two joined Sec-Fetch-Site headers and a listed Origin', { 'sec-fetch-site': 'same-origin, x', origin: app }],
    ['two joined Origin headers and the same site', { ...sameOrigin, origin: `${app}, x` }],
  ])('rejects a POST and an upgrade with a cookie and %s', async (_what, headers) => {
    expect(await requestWith(headers)).toBe('cross_site_request')
    expect(await requestWith({ ...headers, ...upgrade }, 'GET')).toBe('cross_site_request')
  })

  it('rejects a POST with a cookie and a repeated Origin or Sec-Fetch-Site header', async () => {
    const twice = (header: string, value: string, more: Headers) => {
      const headers = { cookie: good, [header]: value, ...more }
      return outcomeOf({ method: 'POST', headers, rawHeaders: [header, value, header.toUpperCase(), value] })
    }
    expect(await twice('origin', app, {})).toBe('cross_site_request')
    expect(await twice('origin', app, sameOrigin)).toBe('cross_site_request')
    expect(await twice('sec-fetch-site', 'same-origin', {})).toBe('cross_site_request')
    expect(await twice('sec-fetch-site', 'same-origin', { origin: app })).toBe('cross_site_request')
    const lists = { cookie: good, origin: [app, app] }
    expect(await outcomeOf({ method: 'POST', headers: lists })).toBe('cross_site_request')
  })

  it('requires Sec-Fetch-Site or Origin for every upgrade with a cookie', async () => {
    for (const protocol of ['websocket', 'WebSocket', 'h2c', '']) {
      expect(await requestWith({ connection: 'keep-alive, upgrade', upgrade: protocol }, 'GET')).toBe(
        'cross_site_request',
      )
      expect(await requestWith({ upgrade: protocol }, 'GET')).toBe('cross_site_request')
    }
    // Some proxies send this with every request. Without a protocol it is not an upgrade.
    expect(await requestWith({ connection: 'upgrade' }, 'GET')).toBe('john')
    const rawHeaders = ['Upgrade', 'websocket', 'upgrade', 'x']
    const twice = { method: 'GET', headers: { cookie: good, upgrade: 'websocket' }, rawHeaders }
    expect(await outcomeOf(twice)).toBe('cross_site_request')
  })

  it('rejects a cross-site request before it reads the token, and reports the reason to the log', async () => {
    const calls: string[] = []
    const by = authWith({
      tokenFrom: { cookie: name, origins: app },
      isRevoked: () => calls.push('isRevoked') > 1,
      onAuthError: ({ logDetail }: { logDetail: string }) => calls.push(logDetail),
    })
    const request = (headers: Headers) => ({ method: 'POST', headers: { cookie: good, ...headers } })
    await outcomeOf(request({}), by)
    await outcomeOf(request({ 'sec-fetch-site': 'cross-site' }), by)
    await outcomeOf(request({ origin: 'https://evil.example' }), by)
    await outcomeOf(request({ origin: `${app}, ${app}` }), by)
    expect(calls).toEqual([
      'Sec-Fetch-Site and Origin are missing',
      'Sec-Fetch-Site is not same-origin, and Origin is not in the list of origins',
      'Sec-Fetch-Site is not same-origin, and Origin is not in the list of origins',
      'Sec-Fetch-Site or Origin appears more than once',
    ])
  })

  it('checks Sec-Fetch-Site and Origin again for a cached token', async () => {
    expect(await requestWith(sameOrigin)).toBe('john')
    expect(await requestWith({})).toBe('cross_site_request')
  })
})

describe('createCookieReader', () => {
  const read = createCookieReader({ cookie: '__Host-refresh', origins: [app] })
  const outcome = (request: RequestLike) => resultOf(Promise.resolve().then(() => read(request)))

  it('throws a ConfigError that names the invalid option of createCookieReader', () => {
    expect(() => createCookieReader({ cookie: '' })).toThrow(/^Invalid option "cookie": expected a non-empty string/)
  })

  it('returns the exact value of the cookie, and null if there is none', () => {
    const headers = { cookie: 'a=b; __Host-refresh=x"%20', ...sameOrigin }
    expect(read({ method: 'POST', headers })).toBe('x"%20')
    expect(read({ method: 'POST', headers: { cookie: 'a=b' } })).toBeNull()
  })

  it('throws for a cross-site request with any method, and for a repeated cookie', async () => {
    const cookie = '__Host-refresh=x'
    expect(await outcome({ method: 'GET', headers: { cookie } })).toBe('cross_site_request')
    expect(await outcome({ method: 'POST', headers: { cookie, origin: 'https://evil.example' } })).toBe(
      'cross_site_request',
    )
    expect(await outcome({ method: 'POST', headers: { cookie, origin: app } })).toBe('accepted')
    expect(await outcome({ method: 'POST', headers: { cookie: `${cookie}; ${cookie}`, origin: app } })).toBe(
      'request_malformed',
    )
  })
})
