import { describe, expect, it } from 'vitest'
import { authWith, resultOf, sign } from './tokens.ts'

const token = await sign()

async function codeOf(authorization: string | string[] | undefined, rawHeaders?: string[]) {
  return resultOf(authWith().authenticate({ headers: { authorization }, rawHeaders }))
}

describe('Authorization header', () => {
  it.each([
    ['the scheme Bearer', `Bearer ${token}`],
    ['a scheme in lower case', `bearer ${token}`],
    ['a scheme in mixed case', `bEaReR ${token}`],
    ['several spaces', `Bearer    ${token}`],
  ])('reads the token from an Authorization header with %s', async (_name, line) => {
    expect(await codeOf(line)).toBe('accepted')
  })

  it.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['the scheme DPoP', `DPoP ${token}`],
    ['a scheme that begins with Bearer', `BearerX ${token}`],
    ['a scheme that ends with Bearer', `xBearer ${token}`],
    ['a bare token', token],
    ['nothing but commas', ','.repeat(100)],
    ['a leading space', ` Bearer ${token}`],
  ])('rejects a request with %s as token_missing', async (_name, line) => {
    expect(await codeOf(line)).toBe('token_missing')
  })

  it.each([
    ['nothing after the scheme', 'Bearer'],
    ['nothing but spaces after the scheme', `Bearer${' '.repeat(12_000)}`],
    ['a tab after the scheme', `Bearer\t${token}`],
    ['a trailing space', `Bearer ${token} `],
    ['two tokens', `Bearer ${token} ${token}`],
    ['a trailing comma', `Bearer ${token},`],
    ['parameters', 'Bearer token="x"'],
    ['a token in quotes', `Bearer "${token}"`],
    ['a no-break space', `Bearer ${token}\u00a0`],
    ['padding inside the token', 'Bearer a=b'],
    ['nothing but padding', 'Bearer ='],
  ])('rejects an Authorization header with %s as request_malformed', async (_name, line) => {
    expect(await codeOf(line)).toBe('request_malformed')
  })

  it('rejects a request with two Authorization headers, of which Node keeps only the first in headers', async () => {
    const line = `Bearer ${token}`
    expect(await codeOf(line, ['Host', 'x', 'Authorization', line, 'authorization', 'Bearer x'])).toBe(
      'request_malformed',
    )
    expect(await codeOf(line, ['Authorization', line])).toBe('accepted')
    expect(await codeOf([line, line])).toBe('request_malformed')
    expect(await codeOf([line])).toBe('accepted')
    expect(await codeOf([])).toBe('token_missing')
  })

  it('reads the token from Headers of the Fetch API, and rejects two headers that they joined', async () => {
    const request = new Request('https://api.example/', { headers: { authorization: `Bearer ${token}` } })
    expect(await resultOf(authWith().authenticate(request))).toBe('accepted')
    request.headers.append('authorization', `Bearer ${token}`)
    expect(await resultOf(authWith().authenticate(request))).toBe('request_malformed')
    expect(await resultOf(authWith().authenticate(new Request('https://api.example/')))).toBe('token_missing')
  })

  it('reads the Authorization header whatever the case of its name, because some gateways keep the case', async () => {
    const line = `Bearer ${token}`
    expect(await resultOf(authWith().authenticate({ headers: { Authorization: line } }))).toBe('accepted')
    const both = { headers: { Authorization: line, authorization: line } }
    expect(await resultOf(authWith().authenticate(both))).toBe('request_malformed')
    const twice = { headers: { Authorization: line, AUTHORIZATION: line } }
    expect(await resultOf(authWith().authenticate(twice))).toBe('request_malformed')
  })

  it('never reads the token from the query, the body, a cookie or a prototype', async () => {
    const elsewhere = { url: `/?access_token=${token}`, query: { access_token: token }, body: { access_token: token } }
    const request = { ...elsewhere, headers: { cookie: `token=${token}`, 'x-access-token': token } }
    expect(await resultOf(authWith().authenticate(request))).toBe('token_missing')
    const inherited: Record<string, string> = Object.create({ authorization: `Bearer ${token}` })
    expect(await resultOf(authWith().authenticate({ headers: inherited }))).toBe('token_missing')
    expect(await resultOf(authWith().authenticate({ headers: inherited, rawHeaders: [] }))).toBe('token_missing')
    const unnamed = { undefined: `Bearer ${token}` }
    expect(await resultOf(authWith().authenticate({ headers: unnamed }))).toBe('token_missing')
  })
})

describe('option tokenFrom: { header }', () => {
  const options = { tokenFrom: { header: 'CF-Access-Jwt-Assertion' } }
  const outcome = async (headers: Record<string, string | string[]>) =>
    resultOf(authWith(options).authenticate({ headers }))

  it('reads the token from the configured header, without a scheme, and ignores Authorization', async () => {
    expect(await outcome({ 'cf-access-jwt-assertion': token })).toBe('accepted')
    expect(await outcome({ authorization: `Bearer ${token}` })).toBe('token_missing')
  })

  it('rejects a configured header that is not exactly one token68', async () => {
    expect(await outcome({ 'cf-access-jwt-assertion': `Bearer ${token}` })).toBe('request_malformed')
    expect(await outcome({ 'cf-access-jwt-assertion': '' })).toBe('request_malformed')
    expect(await outcome({ 'cf-access-jwt-assertion': [token, token] })).toBe('request_malformed')
  })
})
