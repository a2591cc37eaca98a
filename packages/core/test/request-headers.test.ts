import { describe, expect, it } from 'vitest'
import { createAuth, createCookieReader } from '../src/index.ts'
import { authWith, issuer, resultOf, secret, sign } from './tokens.ts'

const token = await sign()
const good = `Bearer ${token}`
const basic = 'Basic dXNlcjpwYXNz'

/** Headers that join all values of a header with a comma, including cookies, like those of workerd. */
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

async function outcomeOf(headers: unknown, options = {}): Promise<unknown> {
  return resultOf(authWith(options).authenticate({ method: 'GET', headers: headers as Headers }))
}

describe('joined Authorization headers', () => {
  const joined = [
    ['another scheme before a token', [basic, good]],
    ['another scheme after a token', [good, basic]],
    ['two tokens', [good, good]],
    ['two other schemes', [basic, 'Negotiate abc']],
    ['a scheme without credentials', [basic, 'Negotiate']],
    ['an empty header before a token', ['', good]],
    ['an empty header after a token', [good, '']],
    ['parameters before a token', ['Digest username="john, \\"the\\" one", realm = "api"', good]],
    ['parameters after a token', [good, 'Digest username="john"']],
    ['an unclosed quote before a token', ['Digest username="john', good]],
    ['a token in lower case', [basic, `bearer ${token}`]],
  ] as const

  it.each(joined)('rejects two Authorization headers that Headers joined: %s', async (_name, lines) => {
    const headers = new Headers()
    for (const line of lines) headers.append('authorization', line)
    expect(await outcomeOf(headers)).toBe('request_malformed')
  })

  it.each(joined)('rejects two Authorization headers that a gateway joined in a record: %s', async (_name, lines) => {
    expect(await outcomeOf({ authorization: lines.join(', ') })).toBe('request_malformed')
    expect(await outcomeOf({ Authorization: lines.join(',') })).toBe('request_malformed')
    expect(await outcomeOf({ authorization: [...lines] })).toBe('request_malformed')
  })

  it.each([
    ['Digest', 'Digest username="john, \\"the\\" one", realm = "api",uri="/", nc=00000001, qop=auth'],
    ['AWS4', 'AWS4-HMAC-SHA256 Credential=A/20300101/x/s3/aws4_request, SignedHeaders=host;range, Signature=abc'],
    ['a parameter that names Bearer', 'Digest username="Bearer x, Bearer y", realm="api"'],
    ['an empty element', 'Digest username="john", , realm="api",'],
  ])('does not mistake the parameters of another scheme for a second Authorization header: %s', async (_name, line) => {
    expect(await outcomeOf({ authorization: line })).toBe('token_missing')
    expect(await outcomeOf(new Headers({ authorization: line }))).toBe('token_missing')
  })

  it.each([
    ['commas', `Basic ${','.repeat(60_000)}`],
    ['quotes', `Basic ,${'"\\'.repeat(30_000)}`],
    ['parameters', `Basic ${'a=",",'.repeat(10_000)}`],
    ['spaces', `Basic ${`,${' '.repeat(100)}`.repeat(600)}x`],
  ])('searches an Authorization header for a second one in linear time: %s', async (_name, line) => {
    // Quadratic time would exceed the timeout of the test for a header of this length.
    expect(await outcomeOf({ authorization: line })).toBeTypeOf('string')
  })

  it('identify rejects joined Authorization headers', async () => {
    const auth = authWith()
    const headers = new Headers([
      ['authorization', basic],
      ['authorization', good],
    ])
    expect(await resultOf(auth.identify({ headers }))).toBe('request_malformed')
  })
})

describe('a custom header for the token', () => {
  const byHeader = { tokenFrom: { header: 'X-Token' } } as const

  it('rejects a repeated custom header, joined or as a list', async () => {
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

describe('joined Cookie headers', () => {
  const name = '__Host-access'
  const pair = `${name}=${token}`
  const byCookie = { tokenFrom: { cookie: name } } as const

  it('rejects Cookie headers that the platform joined with a comma', async () => {
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

  it('createCookieReader rejects Cookie headers that the platform joined with a comma', () => {
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

  it('does not read a cookie after a comma if the platform does not join headers', async () => {
    expect(await outcomeOf({ cookie: `theme=dark, ${pair}` }, byCookie)).toBe('token_missing')
  })

  it('accepts several Cookie headers as an array in a record', async () => {
    expect(await outcomeOf({ Cookie: ['theme=dark', pair] }, byCookie)).toBe('accepted')
    expect(await outcomeOf({ Cookie: ['theme=dark', pair, pair] }, byCookie)).toBe('request_malformed')
  })
})

describe('forms of headers', () => {
  it.each([
    ['null', null],
    ['undefined', undefined],
    ['an empty record', {}],
    ['an empty Map', new Map()],
    ['a record without a prototype', Object.create(null)],
    ['a header that is null', { authorization: null }],
    ['a header that is undefined', { authorization: undefined }],
    ['an array without values', { authorization: [null, undefined] }],
    ['Headers that return undefined', { get: () => undefined }],
  ])('rejects a request without headers as token_missing: %s', async (_name, headers) => {
    expect(await outcomeOf(headers)).toBe('token_missing')
    expect(await outcomeOf(headers, { tokenFrom: { header: 'x-token' } })).toBe('token_missing')
    expect(await outcomeOf(headers, { tokenFrom: { cookie: 'access' } })).toBe('token_missing')
  })

  it.each([
    ['a record', { Authorization: good }],
    ['a record without a prototype', Object.assign(Object.create(null) as object, { authorization: good })],
    ['arrays of values', { Authorization: [good] }],
    ['arrays with undefined', { Authorization: [undefined, good] }],
    ['a record with a second spelling that is undefined', { authorization: undefined, Authorization: good }],
    ['a record with a second spelling that is null', { Authorization: good, authorization: null }],
    ['a Map', new Map([['Authorization', good]])],
    ['a Map of arrays', new Map([['authorization', [good]]])],
    ['Headers of another realm', new JoiningHeaders(['Authorization', good])],
    ['Headers that return arrays', { get: (name: string) => (name === 'authorization' ? [good] : []) }],
  ])('reads the token from headers in the form of %s', async (_name, headers) => {
    expect(await outcomeOf(headers)).toBe('accepted')
  })

  it.each([
    ['a record', { Authorization: good, authorization: good }],
    ['an array', { Authorization: [good, good] }],
    ['an array with a number', { Authorization: [good, 1] }],
    ['an array with an object', { Authorization: [{ toString: () => good }] }],
    ['a Map', new Map([['Authorization', good], ['authorization', good]])], // prettier-ignore
    ['a Map of arrays', new Map([['authorization', [good, good]]])],
    ['Headers that return arrays', { get: () => [good, good] }],
  ])('rejects two Authorization headers in the form of %s', async (_name, headers) => {
    expect(await outcomeOf(headers)).toBe('request_malformed')
  })

  it('accepts headers: null in authenticate, identify and explain', async () => {
    const errors: unknown[] = []
    const options = { issuer, audience: null, keys: { secret }, onAuthError: (error: unknown) => errors.push(error) }
    const auth = createAuth({ ...options, tokenFrom: ['authorization', { cookie: 'access' }] })
    await expect(auth.authenticate({ headers: null })).rejects.toMatchObject({ code: 'token_missing' })
    expect(await auth.identify({ headers: null })).toBe(null)
    expect(errors).toHaveLength(1)
    expect((await auth.explain({ headers: null })).outcome).toBe('anonymous')
  })
})
