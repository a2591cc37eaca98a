import { describe, expect, it } from 'vitest'
import { createAuth, createCookieReader } from '../src/index.ts'
import { authWith, issuer, refusalOf, secret, sign } from './tokens.ts'

const token = await sign()
const good = `Bearer ${token}`
const basic = 'Basic dXNlcjpwYXNz'

/** Headers that join every header with a comma, cookies too, as those of workerd do. */
class JoiningHeaders {
  readonly #lines: readonly (readonly [string, string])[]

  constructor(...lines: readonly (readonly [string, string])[]) {
    this.#lines = lines
  }

  get(name: string): string | null {
    const values = this.#lines.filter(([own]) => own.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
    return values.length === 0 ? null : values.join(', ')
  }
}

/** What a gateway passes on is unknown before it is read. */
async function outcomeOf(headers: unknown, options = {}): Promise<unknown> {
  return refusalOf(authWith(options).authenticate({ method: 'GET', headers: headers as Headers }))
}

describe('two Authorization headers in one line', () => {
  const joined = [
    ['another scheme in front of a token', [basic, good]],
    ['another scheme behind a token', [good, basic]],
    ['two tokens', [good, good]],
    ['two other schemes', [basic, 'Negotiate abc']],
    ['a scheme alone', [basic, 'Negotiate']],
    ['an empty header in front of a token', ['', good]],
    ['an empty header behind a token', [good, '']],
    ['parameters in front of a token', ['Digest username="john, \\"the\\" one", realm = "api"', good]],
    ['parameters behind a token', [good, 'Digest username="john"']],
    ['a quote that does not end, in front of a token', ['Digest username="john', good]],
    ['a token in lower case', [basic, `bearer ${token}`]],
  ] as const

  it.each(joined)('are refused in Headers: %s', async (_name, lines) => {
    const headers = new Headers()
    for (const line of lines) headers.append('authorization', line)
    expect(await outcomeOf(headers)).toBe('request_malformed')
  })

  it.each(joined)('are refused in a record, as some gateways join them: %s', async (_name, lines) => {
    expect(await outcomeOf({ authorization: lines.join(', ') })).toBe('request_malformed')
    expect(await outcomeOf({ Authorization: lines.join(',') })).toBe('request_malformed')
    expect(await outcomeOf({ authorization: [...lines] })).toBe('request_malformed')
  })

  it.each([
    ['Digest', 'Digest username="john, \\"the\\" one", realm = "api",uri="/", nc=00000001, qop=auth'],
    ['AWS4', 'AWS4-HMAC-SHA256 Credential=A/20300101/x/s3/aws4_request, SignedHeaders=host;range, Signature=abc'],
    ['a parameter that names Bearer', 'Digest username="Bearer x, Bearer y", realm="api"'],
    ['an empty element', 'Digest username="john", , realm="api",'],
  ])('are not mistaken for the parameters of one other scheme: %s', async (_name, line) => {
    expect(await outcomeOf({ authorization: line })).toBe('token_missing')
    expect(await outcomeOf(new Headers({ authorization: line }))).toBe('token_missing')
  })

  it.each([
    ['commas', `Basic ${','.repeat(60_000)}`],
    ['quotes', `Basic ,${'"\\'.repeat(30_000)}`],
    ['parameters', `Basic ${'a=",",'.repeat(10_000)}`],
    ['blanks', `Basic ${`,${' '.repeat(100)}`.repeat(600)}x`],
  ])('are looked for in a time that grows with the line: %s', async (_name, line) => {
    // A line of this length that was read in quadratic time would exceed the time-out of the test.
    expect(await outcomeOf({ authorization: line })).toBeTypeOf('string')
  })

  it('are refused under every mode that takes requests without a token', async () => {
    const auth = authWith()
    const headers = new Headers([
      ['authorization', basic],
      ['authorization', good],
    ])
    expect(await refusalOf(auth.identify({ headers }))).toBe('request_malformed')
  })
})

describe('a header of its own for the token', () => {
  const byHeader = { tokenFrom: { header: 'X-Token' } } as const

  it('is refused if two are joined or listed', async () => {
    const headers = new Headers()
    headers.append('x-token', token)
    expect(await outcomeOf(headers, byHeader)).toBe('accepted')
    headers.append('x-token', token)
    expect(await outcomeOf(headers, byHeader)).toBe('request_malformed')
    expect(await outcomeOf(new JoiningHeaders(['X-Token', ''], ['x-token', token]), byHeader)).toBe('request_malformed')
    expect(await outcomeOf({ 'x-token': `${token},${token}` }, byHeader)).toBe('request_malformed')
    expect(await outcomeOf({ 'x-token': token, 'X-TOKEN': token }, byHeader)).toBe('request_malformed')
    expect(await outcomeOf({ 'X-Token': [token, token] }, byHeader)).toBe('request_malformed')
  })
})

describe('two Cookie headers', () => {
  const name = '__Host-access'
  const pair = `${name}=${token}`
  const byCookie = { tokenFrom: { cookie: name } } as const

  it('are refused if the platform joined them with a comma', async () => {
    const lines = (...values: readonly string[]) =>
      outcomeOf(new JoiningHeaders(...values.map((value) => ['Cookie', value] as const)), byCookie)
    expect(await lines(pair)).toBe('accepted')
    expect(await lines(`theme=dark; ${pair}; a=b`)).toBe('accepted')
    expect(await lines('theme=dark', pair)).toBe('request_malformed')
    expect(await lines(pair, 'theme=dark')).toBe('request_malformed')
    expect(await lines(pair, pair)).toBe('request_malformed')
    expect(await lines('', pair)).toBe('request_malformed')
    expect(await lines('theme=dark', 'a=b')).toBe('token_missing')
  })

  it('are refused by a reader of cookies too', () => {
    const read = createCookieReader({ cookie: '__Host-refresh' })
    const sameSite = ['sec-fetch-site', 'same-origin'] as const
    const request = (...values: readonly string[]) => {
      const lines = values.map((value) => ['cookie', value] as const)
      return { headers: new JoiningHeaders(sameSite, ...lines) as unknown as Headers }
    }
    expect(read(request('__Host-refresh=abc; theme=dark'))).toBe('abc')
    expect(() => read(request('theme=dark', '__Host-refresh=abc'))).toThrow(
      expect.objectContaining({ code: 'request_malformed' }),
    )
    expect(read({ headers: null })).toBe(null)
  })

  it('do not make a value with a comma a cookie where lines are not joined', async () => {
    expect(await outcomeOf({ cookie: `theme=dark, ${pair}` }, byCookie)).toBe('token_missing')
  })

  it('are one list in a record that lists them', async () => {
    expect(await outcomeOf({ Cookie: ['theme=dark', pair] }, byCookie)).toBe('accepted')
    expect(await outcomeOf({ Cookie: ['theme=dark', pair, pair] }, byCookie)).toBe('request_malformed')
  })
})

describe('headers in the form that a gateway gives them', () => {
  it.each([
    ['null', null],
    ['undefined', undefined],
    ['an empty record', {}],
    ['an empty Map', new Map()],
    ['a record without a prototype', Object.create(null)],
    ['a header that is null', { authorization: null }],
    ['a header that is undefined', { authorization: undefined }],
    ['a list without values', { authorization: [null, undefined] }],
    ['Headers that return undefined', { get: () => undefined }],
  ])('have no token if there are none: %s', async (_name, headers) => {
    expect(await outcomeOf(headers)).toBe('token_missing')
    expect(await outcomeOf(headers, { tokenFrom: { header: 'x-token' } })).toBe('token_missing')
    expect(await outcomeOf(headers, { tokenFrom: { cookie: 'access' } })).toBe('token_missing')
  })

  it.each([
    ['a record', { Authorization: good }],
    ['a record without a prototype', Object.assign(Object.create(null) as object, { authorization: good })],
    ['lists of values', { Authorization: [good] }],
    ['lists with a gap', { Authorization: [undefined, good] }],
    ['a second spelling that is undefined', { authorization: undefined, Authorization: good }],
    ['a second spelling that is null', { Authorization: good, authorization: null }],
    ['a Map', new Map([['Authorization', good]])],
    ['a Map of lists', new Map([['authorization', [good]]])],
    ['Headers of another realm', new JoiningHeaders(['Authorization', good])],
    ['Headers that return lists', { get: (name: string) => (name === 'authorization' ? [good] : []) }],
  ])('have the token that they carry: %s', async (_name, headers) => {
    expect(await outcomeOf(headers)).toBe('accepted')
  })

  it.each([
    ['a record', { Authorization: good, authorization: good }],
    ['a list', { Authorization: [good, good] }],
    ['a list of other values', { Authorization: [good, 1] }],
    ['one other value in a list', { Authorization: [{ toString: () => good }] }],
    ['a Map', new Map([['Authorization', good], ['authorization', good]])], // prettier-ignore
    ['a Map of lists', new Map([['authorization', [good, good]]])],
    ['Headers that return lists', { get: () => [good, good] }],
  ])('are refused if they have two: %s', async (_name, headers) => {
    expect(await outcomeOf(headers)).toBe('request_malformed')
  })

  it('can be null in an Auth that explains, and in one that reports its refusals', async () => {
    const refused: unknown[] = []
    const options = { issuer, audience: null, keys: { secret }, onAuthError: (error: unknown) => refused.push(error) }
    const auth = createAuth({ ...options, tokenFrom: ['authorization', { cookie: 'access' }] })
    await expect(auth.authenticate({ headers: null })).rejects.toMatchObject({ code: 'token_missing' })
    expect(await auth.identify({ headers: null })).toBe(null)
    expect(refused).toHaveLength(1)
    expect((await auth.explain({ headers: null })).outcome).toBe('anonymous')
  })
})
