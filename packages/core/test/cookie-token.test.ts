import { once } from 'node:events'
import { connect, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createCookieReader } from '../src/index.ts'
import type { RequestLike } from '../src/index.ts'
import { authWith, nowSeconds, refusalOf, sign } from './tokens.ts'

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

/** The subject that came by the request, or the code of its refusal. */
async function outcomeOf(request: RequestLike, by = auth): Promise<unknown> {
  try {
    return (await by.authenticate(request)).subject
  } catch (error) {
    return refusalOf(Promise.reject(error))
  }
}

const reading = (cookie: string) => outcomeOf({ method: 'GET', headers: { cookie } })
const acting = (headers: Headers, method: string | undefined = 'POST') =>
  outcomeOf({ method, headers: { cookie: good, ...headers } })

describe('places that are asked in turn', () => {
  it('give the token of the first that holds one', async () => {
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
  ])('paper no bad bearer header over with a good cookie: %s, %j', async (code, authorization) => {
    expect(await outcomeOf({ method: 'GET', headers: { authorization, cookie: good } })).toBe(code)
    expect(await acting({ authorization, ...sameOrigin })).toBe(code)
  })

  it('paper no second bearer header over with a good cookie', async () => {
    const line = `Bearer ${token}`
    const rawHeaders = ['Authorization', line, 'authorization', line, 'Cookie', good]
    const request = { method: 'GET', headers: { authorization: line, cookie: good }, rawHeaders }
    expect(await outcomeOf(request)).toBe('request_malformed')
  })

  it('do not read the cookie behind a bearer header, so that it needs no origin and may stand twice', async () => {
    const headers = { authorization: `Bearer ${other}`, cookie: `${good}; ${good}`, origin: 'https://evil.example' }
    expect(await outcomeOf({ method: 'POST', headers })).toBe('jane')
  })

  it.each(['Basic am9objpzZWNyZXQ=', 'Negotiate YII', '', token])(
    'read the cookie beside another scheme, which is not ours to judge: %j',
    async (authorization) => {
      expect(await outcomeOf({ method: 'GET', headers: { authorization, cookie: good } })).toBe('john')
      expect(await acting({ authorization })).toBe('cross_site_request')
    },
  )

  it('may be headers as well, in whatever order they are written', async () => {
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

  it('may be one cookie, and then no Authorization is read', async () => {
    const by = authWith({ tokenFrom: { cookie: 'access' } })
    const headers = { authorization: 'Bearer garbage', cookie: `access=${token}` }
    expect(await outcomeOf({ method: 'GET', headers }, by)).toBe('john')
    expect(await outcomeOf({ method: 'POST', headers: { ...headers, origin: app } }, by)).toBe('cross_site_request')
  })
})

describe('the cookie of a token', () => {
  it.each([
    ['alone', good],
    ['first', `${good}; theme=dark`],
    ['last', `theme=dark; ${good}`],
    ['without blanks between the pairs', `theme=dark;${good};a=b`],
    ['behind a tab and several blanks', `theme=dark; \t  ${good}`],
    ['beside pairs that are none', `;; =x; theme; ${name}; ${good};`],
    ['beside its own name in another value', `theme=${name}=${other}; ${good}`],
    ['beside its own name behind a blank in a value', `theme=dark ${name}=${other}; ${good}`],
    ['beside a longer name', `x${name}=${other}; ${name}2=${other}; ${good}`],
    ['beside its name in small letters', `__host-access=${other}; ${good}`],
    ['beside its name in capitals', `${good}; __HOST-ACCESS=${other}`],
    ['beside its name and a blank', `${name} =${other}; ${good}`],
    ['beside its name behind a space of Unicode', `\u2003${name}=${other}; \u00a0${name}=${other}; ${good}`],
    ['beside a nameless cookie that holds its name', `=${name}=${other}; ${good}`],
    ['beside an encoded name', `__Host%2Daccess=${other}; ${good}`],
  ])('is read by its exact name: %s', async (_where, cookie) => {
    expect(await reading(cookie)).toBe('john')
  })

  it.each([
    ['an empty line', ''],
    ['other cookies', 'theme=dark; access=x'],
    ['another case', `__host-access=${token}`],
    ['a blank behind the name', `${name} =${token}`],
    ['a name without a value', name],
    ['a nameless cookie', `=${good}`],
    ['a comma for a semicolon', `theme=dark, ${good}`],
  ])('is missing where no cookie has the name: %s', async (_what, cookie) => {
    expect(await reading(cookie)).toBe('token_missing')
  })

  it.each([
    ['twice the same', `${good}; ${good}`],
    ['two tokens', `${good}; theme=dark; ${name}=${other}`],
    ['an empty one in front', `${name}=; ${good}`],
    ['an empty one behind', `${good};${name}=`],
    ['no value', `${name}=`],
    ['quotes', `${name}="${token}"`],
    ['a blank in front', `${name}= ${token}`],
    ['a blank behind', `${name}=${token} ; theme=dark`],
    ['percent signs', `${name}=${token.replaceAll('.', '%2E')}`],
    ['the scheme', `${name}=Bearer ${token}`],
    ['a comma', `${name}=${token},${token}`],
    ['padding inside', `${name}=a=b`],
  ])('is refused as malformed: %s', async (_what, cookie) => {
    expect(await reading(cookie)).toBe('request_malformed')
  })

  it('is judged as a token in a header is', async () => {
    expect(await reading(`${name}=garbage`)).toBe('token_malformed')
    expect(await reading(`${name}=${token}=`)).toBe('token_malformed')
    expect(await reading(`${name}=${late}`)).toBe('token_expired')
    expect(await reading(`${name}=${'a'.repeat(8193)}`)).toBe('token_too_large')
  })

  it('may stand on any of several lines, of which each is read', async () => {
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

  it('is read from the Headers of Fetch', async () => {
    const headers = new Headers({ cookie: `theme=dark; ${good}` })
    expect(await outcomeOf({ method: 'GET', headers })).toBe('john')
    expect(await outcomeOf({ method: 'POST', headers })).toBe('cross_site_request')
    headers.append('cookie', good)
    expect(await outcomeOf({ method: 'GET', headers })).toBe('request_malformed')
  })

  it('is read from HTTP/2, which may split its line', async () => {
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
    const ask = async (cookie: string[], headers: Headers = {}) => {
      const stream = client.request({ ':path': '/', cookie, ...headers })
      const chunks: unknown[] = []
      for await (const chunk of stream) chunks.push(chunk)
      return chunks.join('')
    }
    expect(await ask(['theme=dark', good, 'a=b'])).toBe('john')
    expect(await ask([good, 'a=b', `${name}=${other}`])).toBe('request_malformed')
    expect(await ask([good], { ':method': 'POST' })).toBe('cross_site_request')
    expect(await ask([good], { ':method': 'POST', ...sameOrigin })).toBe('john')
  })

  it('is looked for in a time that grows with the line', async () => {
    const traps = [' ', ';', `${name}=`, ` ${name}=`, `x${' '.repeat(50)}${name}=`]
    for (const trap of traps) expect(await reading(`x=${trap.repeat(200_000)}`)).toMatch(/token_missing|malformed/)
  })
})

describe('a request by cookie', () => {
  it.each(['GET', 'HEAD'])('may read from wherever it comes: %s', async (method) => {
    const headers = { cookie: good, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    expect(await outcomeOf({ method, headers })).toBe('john')
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'QUERY', 'get', 'HEAD ', ''])(
    'needs to tell where it comes from to act: %j',
    async (method) => {
      expect(await acting({}, method)).toBe('cross_site_request')
      expect(await acting(sameOrigin, method)).toBe('john')
    },
  )

  it('is taken for one that acts where its method is not known', async () => {
    expect(await outcomeOf({ headers: { cookie: good } })).toBe('cross_site_request')
    expect(await outcomeOf({ headers: { cookie: good, ...sameOrigin } })).toBe('john')
  })

  it.each<[string, Headers]>([
    ['the browser calls it same-origin', sameOrigin],
    ['the origin is on the list', { origin: app }],
    ['both', { ...sameOrigin, origin: app }],
    ['the own origin, which needs no place on the list', { ...sameOrigin, origin: 'https://api.example.com' }],
    ['no referrer: the browser hides the own origin', { ...sameOrigin, origin: 'null' }],
    ['the list knows an origin that the browser calls cross-site', { 'sec-fetch-site': 'cross-site', origin: app }],
    ['the list knows an origin of the same site', { 'sec-fetch-site': 'same-site', origin: app }],
  ])('acts where %s', async (_why, headers) => {
    expect(await acting(headers)).toBe('john')
    expect(await acting({ ...headers, ...upgrade }, 'GET')).toBe('john')
  })

  it.each<[string, Headers]>([
    ['with neither header', {}],
    ['of another site', { 'sec-fetch-site': 'cross-site' }],
    ['of another host of this site', { 'sec-fetch-site': 'same-site' }],
    ['of nobody', { 'sec-fetch-site': 'none' }],
    ['of a word that no browser says', { 'sec-fetch-site': 'Same-Origin' }],
    ['of a word and more', { 'sec-fetch-site': 'same-origin;x' }],
    ['of another origin', { origin: 'https://evil.example' }],
    ['of a hidden origin', { origin: 'null' }],
    ['of an empty origin', { origin: '' }],
    ['of the same host by http', { origin: 'http://app.example.com' }],
    ['of another port', { origin: `${app}:8443` }],
    ['of a port that goes without saying', { origin: `${app}:443` }],
    ['of a host that begins alike', { origin: `${app}.evil.example` }],
    ['of a host that ends alike', { origin: 'https://evil-app.example.com' }],
    ['of an origin with a slash', { origin: `${app}/` }],
    ['of an origin in capitals', { origin: app.toUpperCase() }],
    ['of two origins in one line', { origin: `${app} https://evil.example` }],
    ['of a referrer alone', { referer: `${app}/page` }],
    ['of a header for scripts alone', { 'x-requested-with': 'XMLHttpRequest' }],
    ['of the own host by its name', { host: 'app.example.com', origin: 'https://api.example.com' }],
    ['of two sites, joined', { 'sec-fetch-site': 'same-origin, cross-site' }],
    ['of two origins, joined', { origin: `${app}, ${app}` }],
    ['of two sites, joined, though its origin is known', { 'sec-fetch-site': 'same-origin, x', origin: app }],
    ['of two origins, joined, though its site is known', { ...sameOrigin, origin: `${app}, x` }],
  ])('does not act where it is one %s', async (_what, headers) => {
    expect(await acting(headers)).toBe('cross_site_request')
    expect(await acting({ ...headers, ...upgrade }, 'GET')).toBe('cross_site_request')
  })

  it('does not act where a header that tells stands on two lines', async () => {
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

  it('needs to tell where it comes from for every upgrade', async () => {
    for (const protocol of ['websocket', 'WebSocket', 'h2c', '']) {
      expect(await acting({ connection: 'keep-alive, upgrade', upgrade: protocol }, 'GET')).toBe('cross_site_request')
      expect(await acting({ upgrade: protocol }, 'GET')).toBe('cross_site_request')
    }
    // Some proxies write this on every request; without a protocol there is nothing to change to.
    expect(await acting({ connection: 'upgrade' }, 'GET')).toBe('john')
    const rawHeaders = ['Upgrade', 'websocket', 'upgrade', 'x']
    const twice = { method: 'GET', headers: { cookie: good, upgrade: 'websocket' }, rawHeaders }
    expect(await outcomeOf(twice)).toBe('cross_site_request')
  })

  it('is refused before its token is looked at, and tells a log why', async () => {
    const asked: string[] = []
    const by = authWith({
      tokenFrom: { cookie: name, origins: app },
      isRevoked: () => asked.push('isRevoked') > 1,
      onAuthError: ({ logDetail }: { logDetail: string }) => asked.push(logDetail),
    })
    const request = (headers: Headers) => ({ method: 'POST', headers: { cookie: good, ...headers } })
    await outcomeOf(request({}), by)
    await outcomeOf(request({ 'sec-fetch-site': 'cross-site' }), by)
    await outcomeOf(request({ origin: 'https://evil.example' }), by)
    await outcomeOf(request({ origin: `${app}, ${app}` }), by)
    expect(asked).toEqual([
      'Sec-Fetch-Site and Origin are missing',
      'Sec-Fetch-Site is not same-origin, and Origin is not in the list of origins',
      'Sec-Fetch-Site is not same-origin, and Origin is not in the list of origins',
      'Sec-Fetch-Site or Origin appears more than once',
    ])
  })

  it('that was let in once is asked again where it comes from', async () => {
    expect(await acting(sameOrigin)).toBe('john')
    expect(await acting({})).toBe('cross_site_request')
  })
})

describe('a reader of a cookie by which requests act', () => {
  const read = createCookieReader({ cookie: '__Host-refresh', origins: [app] })
  const outcome = (request: RequestLike) => refusalOf(Promise.resolve().then(() => read(request)))

  it('names the setting that is wrong at the start', () => {
    expect(() => createCookieReader({ cookie: '' })).toThrow(/^Invalid option "cookie": expected a non-empty string/)
  })

  it('gives the text of the cookie to the letter, and null where there is none', () => {
    const headers = { cookie: 'a=b; __Host-refresh=x"%20', ...sameOrigin }
    expect(read({ method: 'POST', headers })).toBe('x"%20')
    expect(read({ method: 'POST', headers: { cookie: 'a=b' } })).toBeNull()
  })

  it('refuses a request of elsewhere, whatever its method, and a cookie that stands twice', async () => {
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
