import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'
import { authWith, baseClaims, resultOf, sign, signInput, signText } from './tokens.ts'

const header = '{"alg":"HS256"}'
const payload = JSON.stringify(baseClaims)
const good = await signText(header, payload)
const [goodHeader = '', goodPayload = '', goodSignature = ''] = good.split('.')

const codeOf = (token: string) => resultOf(authWith().verifyToken(token))
const payloadWith = (properties: string) => `${payload.slice(0, -1)},${properties}}`

/** Base64url of a text in an encoding other than UTF-8, of characters below U+10000. */
function encodeAs(encoding: 'utf-16le' | 'utf-16be' | 'utf-32le', text: string): string {
  const bytes = Array.from(text, (char) => char.charCodeAt(0)).flatMap((code) => {
    const [low, high] = [code & 0xff, code >> 8]
    if (encoding === 'utf-16be') return [high, low]
    return encoding === 'utf-16le' ? [low, high] : [low, high, 0, 0]
  })
  return base64url.encode(Uint8Array.from(bytes))
}

describe('parsing a token', () => {
  it('accepts a token in canonical form', async () => {
    expect(await codeOf(good)).toBe('accepted')
  })

  it.each([
    ['two parts', `${goodHeader}.${goodPayload}`],
    ['four parts', `${good}.`],
    ['nothing but dots', '..'],
    ['8,000 dots', '.'.repeat(8000)],
    ['no characters', ''],
    ['padding after the signature', `${good}=`],
    ['an empty header', `.${goodPayload}.${goodSignature}`],
    ['white space before the payload', `${goodHeader}. ${goodPayload}.${goodSignature}`],
    ['a part of impossible length', `${goodHeader}.${goodPayload}.${goodSignature}AA`],
    [
      'the flattened JSON form of a JWS',
      JSON.stringify({ protected: goodHeader, payload: goodPayload, signature: goodSignature }),
    ],
    ['standard base64 instead of base64url', `${goodHeader}.${goodPayload}.ab+/`],
    ['five parts', `${good}.${goodPayload}.${goodSignature}`],
  ])('rejects a token with %s as token_malformed', async (_name, token) => {
    expect(await codeOf(token)).toBe('token_malformed')
  })

  it('rejects a token with any character but letters, digits, hyphen, underscore and its two dots', async () => {
    const others = Array.from({ length: 0x180 }, (_, code) => String.fromCharCode(code)).filter(
      (char) => !/[\w.-]/.test(char),
    )
    expect(others).toHaveLength(0x180 - 65)
    const auth = authWith()
    const insert = (char: string, part: string) => part.slice(0, 4) + char + part.slice(4)
    const codes = others.map(async (char) => {
      const signed = [
        await signInput(`${insert(char, goodHeader)}.${goodPayload}`),
        await signInput(`${goodHeader}.${insert(char, goodPayload)}`),
      ]
      const tokens = [...signed, `${goodHeader}.${goodPayload}.${insert(char, goodSignature)}`]
      return [char, await Promise.all(tokens.map((token) => resultOf(auth.verifyToken(token))))]
    })
    const three = Array.from({ length: 3 }, () => 'token_malformed')
    expect(await Promise.all(codes)).toEqual(others.map((char) => [char, three]))
  })

  it('rejects a token that is not a string as token_malformed', async () => {
    expect(await resultOf(authWith().verifyToken(undefined as unknown as string))).toBe('token_malformed')
    expect(await resultOf(authWith().verifyToken([good] as unknown as string))).toBe('token_malformed')
  })

  it('rejects a token if unused bits in the last character of a part are not zero, even if they are signed', async () => {
    const twoLeft = base64url.encode('{"alg":"HS256"} ').replace(/A$/, 'B')
    expect(twoLeft.length % 4).toBe(2)
    expect(await codeOf(await signInput(`${twoLeft}.${goodPayload}`))).toBe('token_malformed')
    const oneLeft = base64url.encode('{"alg":"HS256"}  ').replace(/A$/, 'B')
    expect(oneLeft.length % 4).toBe(3)
    expect(await codeOf(await signInput(`${oneLeft}.${goodPayload}`))).toBe('token_malformed')
    const last = goodSignature.at(-1) ?? ''
    const neighbour = String.fromCharCode(last.charCodeAt(0) + 1)
    expect(await codeOf(`${good.slice(0, -1)}${neighbour}`)).toBe('token_malformed')
  })

  it.each([
    ['an array', '[]'],
    ['null', 'null'],
    ['a string', '"text"'],
    ['a number', '1'],
    ['empty', ''],
    ['JSON with a comment', `/**/${payload}`],
    ['JSON with single quotes', "{'sub':'john'}"],
    ['JSON with a byte order mark', `\ufeff${payload}`],
    ['JSON with a trailing comma', `${payload.slice(0, -1)},}`],
    ['an object with an unclosed string', '{"sub":"john'],
    ['an unclosed string', '"john'],
    ['an object that ends in an escape', '{"sub":"john\\'],
  ])('rejects a token whose header or payload is %s', async (_name, text) => {
    expect(await codeOf(await signText(header, text))).toBe('token_malformed')
    expect(await codeOf(await signText(text, payload))).toBe('token_malformed')
  })

  it.each(['\n', ' \t\r\n '])('accepts white space around the JSON of header and payload: %j', async (space) => {
    expect(await codeOf(await signText(space + header + space, space + payload + space))).toBe('accepted')
  })

  it('rejects a token whose payload is not UTF-8', async () => {
    const bytes = new TextEncoder().encode(payloadWith('"name":"x"'))
    bytes[bytes.length - 3] = 0xff
    expect(await codeOf(await signText(header, bytes))).toBe('token_malformed')
  })

  it.each(['utf-16le', 'utf-16be', 'utf-32le'] as const)(
    'rejects a token whose header or payload is encoded as %s, with a byte order mark or without',
    async (encoding) => {
      for (const mark of ['', '\ufeff']) {
        expect(await codeOf(await signInput(`${encodeAs(encoding, mark + header)}.${goodPayload}`))).toBe(
          'token_malformed',
        )
        expect(await codeOf(await signInput(`${goodHeader}.${encodeAs(encoding, mark + payload)}`))).toBe(
          'token_malformed',
        )
      }
    },
  )

  it('rejects a token whose header is not UTF-8', async () => {
    const bytes = new TextEncoder().encode('{"alg":"HS256","x":"y"}')
    bytes[bytes.length - 3] = 0xff
    expect(await codeOf(await signInput(`${base64url.encode(bytes)}.${goodPayload}`))).toBe('token_malformed')
  })

  it.each([
    ['in the same spelling', '"sub":"admin"'],
    ['with an escape', '"s\\u0075b":"admin"'],
  ])('rejects a token with a repeated claim %s', async (_name, duplicate) => {
    expect(await codeOf(await signText(header, payloadWith(duplicate)))).toBe('token_malformed')
  })

  it('rejects a token with a repeated header parameter', async () => {
    expect(await codeOf(await signText('{"alg":"none","alg":"HS256"}', payload))).toBe('token_malformed')
  })

  it('accepts a repeated name inside a claim, in a string, or in different objects', async () => {
    const inner = String.raw`"a":{"sub":1,"x":{"sub":2}},"b":[{"sub":3},{"sub":4}],"c":"\"sub\":5,{[","d":"\"x{","\\":1,"\"":2`
    expect(await codeOf(await signText(header, payloadWith(inner)))).toBe('accepted')
  })

  it('accepts nesting up to 32 levels and rejects more', async () => {
    const nested = (levels: number) => `"n":${'['.repeat(levels)}${']'.repeat(levels)}`
    expect(await codeOf(await signText(header, payloadWith(nested(31))))).toBe('accepted')
    expect(await codeOf(await signText(header, payloadWith(nested(32))))).toBe('token_malformed')
    const roomy = authWith({ maxTokenBytes: 65_536 })
    const deep = await signText(header, payloadWith(nested(20_000)))
    expect(await resultOf(roomy.verifyToken(deep))).toBe('token_malformed')
  })

  it('treats __proto__ as an ordinary property', async () => {
    const token = await signText(
      '{"__proto__":{"crit":["x"]},"alg":"HS256"}',
      payloadWith('"__proto__":{"admin":true}'),
    )
    const principal = await authWith().verifyToken(token)
    expect(principal.roles).toEqual([])
    expect(Object.hasOwn(principal.claims, '__proto__')).toBe(true)
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
  })

  it('rejects a token larger than maxTokenBytes, which is 8,192 by default', async () => {
    const padded = async (bytes: number) => {
      const token = await sign({ pad: '' })
      return sign({ pad: 'x'.repeat(Math.floor(((bytes - token.length) * 3) / 4)) })
    }
    const fits = await padded(8192)
    expect(fits.length).toBeLessThanOrEqual(8192)
    expect(await codeOf(fits)).toBe('accepted')
    expect(await codeOf(await padded(8200))).toBe('token_too_large')
    expect(await resultOf(authWith({ maxTokenBytes: 100 }).verifyToken(good))).toBe('token_too_large')
    expect(await codeOf('.'.repeat(1_000_000))).toBe('token_too_large')
  })
})

describe('parsing a header', () => {
  it.each([
    ['crit', '"crit":["exp"]'],
    ['an empty crit', '"crit":[]'],
    ['a crit that is null', '"crit":null'],
    ['b64', '"b64":false'],
    ['zip', '"zip":"DEF"'],
    ['a kid that is a number', '"kid":1'],
    ['a kid that is null', '"kid":null'],
    ['a typ that is an array', '"typ":["JWT"]'],
  ])('rejects a header with %s as token_malformed', async (_name, parameter) => {
    expect(await codeOf(await signText(`{"alg":"HS256",${parameter}}`, payload))).toBe('token_malformed')
  })

  it.each(['{}', '{"alg":null}', '{"alg":["HS256"]}', '{"alg":1}'])(
    'rejects a header whose alg is not a string: %s',
    async (text) => {
      expect(await codeOf(await signText(text, payload))).toBe('token_malformed')
    },
  )

  it.each(['none', 'None', 'nOnE', '', 'hs256', 'HS256 ', 'HS384', 'RS256', 'constructor', '__proto__'])(
    'rejects the alg %j as algorithm_not_allowed',
    async (alg) => {
      expect(await codeOf(await signText(JSON.stringify({ alg }), payload))).toBe('algorithm_not_allowed')
    },
  )

  it('ignores jwk, jku, x5u and x5c in the header', async () => {
    const jwk = { kty: 'oct', k: base64url.encode('the key of an attacker, in the header') }
    const parameters = { alg: 'HS256', jwk, jku: 'https://evil.example', x5u: 'https://evil.example', x5c: ['AA=='] }
    const forged = await signText(JSON.stringify(parameters), payload, 'the key of an attacker, in the header')
    expect(await codeOf(forged)).toBe('signature_invalid')
    expect(await codeOf(await signText(JSON.stringify(parameters), payload))).toBe('accepted')
  })

  it('rejects a header without an alg although Object.prototype has one', async () => {
    const prototype = Object.prototype as unknown as Record<string, unknown>
    prototype['alg'] = 'HS256'
    try {
      expect(await codeOf(await signText('{}', payload))).toBe('token_malformed')
    } finally {
      delete prototype['alg']
    }
  })
})
