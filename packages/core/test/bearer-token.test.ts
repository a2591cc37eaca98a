import { describe, expect, it } from 'vitest'
import { authWith, refusalOf, sign } from './tokens.ts'

const token = await sign()

async function codeOf(authorization: string | string[] | undefined, rawHeaders?: string[]) {
  return refusalOf(authWith().authenticate({ headers: { authorization }, rawHeaders }))
}

describe('the bearer token', () => {
  it.each([
    ['Bearer', `Bearer ${token}`],
    ['a scheme in lower case', `bearer ${token}`],
    ['a scheme in mixed case', `bEaReR ${token}`],
    ['several blanks', `Bearer    ${token}`],
  ])('is taken from one Authorization line: %s', async (_name, line) => {
    expect(await codeOf(line)).toBe('accepted')
  })

  it.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['DPoP', `DPoP ${token}`],
    ['a scheme that begins with Bearer', `BearerX ${token}`],
    ['a scheme that ends with Bearer', `xBearer ${token}`],
    ['a bare token', token],
    ['commas alone', ','.repeat(100)],
    ['a leading blank', ` Bearer ${token}`],
  ])('is missing where there is no Bearer scheme: %s', async (_name, line) => {
    expect(await codeOf(line)).toBe('token_missing')
  })

  it.each([
    ['the scheme alone', 'Bearer'],
    ['blanks alone', `Bearer${' '.repeat(12_000)}`],
    ['a tab', `Bearer\t${token}`],
    ['a trailing blank', `Bearer ${token} `],
    ['two tokens', `Bearer ${token} ${token}`],
    ['a comma', `Bearer ${token},`],
    ['parameters', 'Bearer token="x"'],
    ['quotes', `Bearer "${token}"`],
    ['a no-break space', `Bearer ${token}\u00a0`],
    ['padding inside', 'Bearer a=b'],
    ['padding alone', 'Bearer ='],
  ])('is refused as malformed: %s', async (_name, line) => {
    expect(await codeOf(line)).toBe('request_malformed')
  })

  it('is refused where two Authorization lines came, of which Node keeps only the first in headers', async () => {
    const line = `Bearer ${token}`
    expect(await codeOf(line, ['Host', 'x', 'Authorization', line, 'authorization', 'Bearer x'])).toBe(
      'request_malformed',
    )
    expect(await codeOf(line, ['Authorization', line])).toBe('accepted')
    expect(await codeOf([line, line])).toBe('request_malformed')
    expect(await codeOf([line])).toBe('accepted')
    expect(await codeOf([])).toBe('token_missing')
  })

  it('is taken from the Headers of a Fetch request, where two lines are joined by a comma', async () => {
    const request = new Request('https://api.example/', { headers: { authorization: `Bearer ${token}` } })
    expect(await refusalOf(authWith().authenticate(request))).toBe('accepted')
    request.headers.append('authorization', `Bearer ${token}`)
    expect(await refusalOf(authWith().authenticate(request))).toBe('request_malformed')
    expect(await refusalOf(authWith().authenticate(new Request('https://api.example/')))).toBe('token_missing')
  })

  it('is found whatever the case of the name, as some gateways write it', async () => {
    const line = `Bearer ${token}`
    expect(await refusalOf(authWith().authenticate({ headers: { Authorization: line } }))).toBe('accepted')
    const both = { headers: { Authorization: line, authorization: line } }
    expect(await refusalOf(authWith().authenticate(both))).toBe('request_malformed')
    const twice = { headers: { Authorization: line, AUTHORIZATION: line } }
    expect(await refusalOf(authWith().authenticate(twice))).toBe('request_malformed')
  })

  it('is never read from the query, the body, a cookie or a prototype', async () => {
    const elsewhere = { url: `/?access_token=${token}`, query: { access_token: token }, body: { access_token: token } }
    const request = { ...elsewhere, headers: { cookie: `token=${token}`, 'x-access-token': token } }
    expect(await refusalOf(authWith().authenticate(request))).toBe('token_missing')
    const inherited: Record<string, string> = Object.create({ authorization: `Bearer ${token}` })
    expect(await refusalOf(authWith().authenticate({ headers: inherited }))).toBe('token_missing')
    expect(await refusalOf(authWith().authenticate({ headers: inherited, rawHeaders: [] }))).toBe('token_missing')
    const unnamed = { undefined: `Bearer ${token}` }
    expect(await refusalOf(authWith().authenticate({ headers: unnamed }))).toBe('token_missing')
  })
})

describe('tokenFrom a header', () => {
  const options = { tokenFrom: { header: 'CF-Access-Jwt-Assertion' } }
  const outcome = async (headers: Record<string, string | string[]>) =>
    refusalOf(authWith(options).authenticate({ headers }))

  it('takes the bare token, and does not look at Authorization', async () => {
    expect(await outcome({ 'cf-access-jwt-assertion': token })).toBe('accepted')
    expect(await outcome({ authorization: `Bearer ${token}` })).toBe('token_missing')
  })

  it('refuses anything but one token68 on one line', async () => {
    expect(await outcome({ 'cf-access-jwt-assertion': `Bearer ${token}` })).toBe('request_malformed')
    expect(await outcome({ 'cf-access-jwt-assertion': '' })).toBe('request_malformed')
    expect(await outcome({ 'cf-access-jwt-assertion': [token, token] })).toBe('request_malformed')
  })
})
