import type { Exchange } from './raw-exchange.ts'

/** A route of a sample, as its page calls it. */
export interface Route {
  readonly method: string
  readonly path: string
  /** A token that the route accepts; null if the page shows none. */
  readonly token: string | null
  /** A body that the route accepts; {} if the page shows none. */
  readonly sent: object
  /** The names of the fields that the program reads of a body. */
  readonly fields: readonly string[]
  /** The cookies of a caller who has logged in; '' if the page sets none. */
  readonly cookies: string
}

/** A request that must neither be accepted nor do harm. */
export interface HostileRequest extends Exchange {
  readonly name: string
  /** Whether it may succeed on a protected route, because its credentials are valid. */
  readonly hasCredentials: boolean
  /** Whether its body is longer than a server should read. */
  readonly isOversized?: boolean
}

type Line = readonly [name: string, value: string]

const upgradeLines: readonly Line[] = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ['Origin', 'https://app.example'],
]
const fromElsewhere: readonly Line[] = [
  ['Origin', 'https://attacker.example'],
  ['Sec-Fetch-Site', 'cross-site'],
  ['Sec-Fetch-Mode', 'navigate'],
]
const kids: readonly unknown[] = ['../../../dev/null', '__proto__', "' OR 1=1 --", 'a'.repeat(4096), { toString: 1 }, 7]

/** The requests that are sent to every route. */
export function hostileRequests(route: Route): readonly HostileRequest[] {
  return [...tokens(route), ...bodies(route), ...forms(route), ...upgrades(route)]
}

/** The requests that are sent to a server once, whatever its routes are. */
export function hostileConnections({ method, path, token }: Route): readonly HostileRequest[] {
  const length: Line = ['Content-Length', '1000']
  const complete = { method: isUpgrade(method) ? 'GET' : method, path, headers: authorization(token) }
  const targets = ['//', '/%', '/%E0%A4%A', 'http://attacker.example/', '*', '/?a[b]=c&__proto__[d]=e']
  return [
    aborted('half a head', `GET ${path} HTTP/1.1\r\nHost: a\r\nAuthor`),
    aborted('half a body', request({ method: 'POST', path, headers: [jsonType, length] }, '{"a":')),
    aborted('a request whose client does not wait', request(complete)),
    aborted('half a chunk', request({ method: 'POST', path, headers: [jsonType, chunked] }, '5\r\nab')),
    ...targets.map((target) => plain(`the target ${target}`, request({ method: 'GET', path: target, headers: [] }))),
    plain(
      'a malformed chunk',
      request({ method: 'POST', path, headers: [jsonType, chunked] }, 'zz\r\nab\r\n0\r\n\r\n'),
    ),
    plain('no HTTP at all', Buffer.from('\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n', 'latin1')),
    plain('a head of 20 KB', request({ method: 'GET', path, headers: [['X-Long', 'a'.repeat(20_000)]] })),
  ]
}

const jsonType: Line = ['Content-Type', 'application/json']
const longText = 'a'.repeat(6_000_000)
const chunked: Line = ['Transfer-Encoding', 'chunked']

function tokens({ method, path, token }: Route): readonly HostileRequest[] {
  const send = (name: string, lines: readonly Line[]) => plain(name, start(method, path, lines))
  const good = authorization(token ?? 'garbage')
  return [
    send('a garbage token', authorization('garbage')),
    send('a token of bytes that are no text', authorization('\u0080\u00ff.\u00fe.\u00a0')),
    send('a token of 12 KB', authorization(`${'a'.repeat(4000)}.${'b'.repeat(4000)}.${'c'.repeat(4000)}`)),
    send('two Authorization lines', [...good, ...good]),
    send('two Authorization lines, the second one garbage', [...good, ...authorization('garbage')]),
    send('two Authorization lines, the first one garbage', [...authorization('garbage'), ...good]),
    ...kids.map((kid) => send(`the kid ${JSON.stringify(kid).slice(0, 20)}`, authorization(withKid(kid, token)))),
  ]
}

function bodies({ method, path, token, fields, sent }: Route): readonly HostileRequest[] {
  const json = (name: string, body: string, lines: readonly Line[] = []): HostileRequest => {
    const headers: readonly Line[] = [...authorization(token), ...lines, ...(lines.length > 0 ? [] : [jsonType])]
    return { ...plain(name, request({ method: reads ? method : 'POST', path, headers }, body)), hasCredentials: true }
  }
  const reads = !['GET', 'HEAD', 'OPTIONS', 'UPGRADE'].includes(method)
  const malformed = json('malformed JSON', '{"a":')
  if (!reads) return [malformed]
  const bodiesOfOtherTypes = ['null', '[]', '"a"', '7', '{"__proto__":{"a":1}}', '['.repeat(20_000)]
  // A route that reads no body may ignore a long one.
  const isOversized = fields.length > 0
  const values = [null, 7, true, [], {}, ['a'], { a: 1 }, 'a'.repeat(10_000)]
  return [
    malformed,
    { ...json('an oversized body', JSON.stringify({ ...sent, [fields[0] ?? 'a']: longText })), isOversized },
    {
      ...json('an oversized body around a good one', JSON.stringify({ ...sent, padding: longText })),
      isOversized,
    },
    json('a body declared as gzip', 'no gzip', [jsonType, ['Content-Encoding', 'gzip']]),
    json('a charset that does not exist', '{}', [['Content-Type', 'application/json; charset=none']]),
    {
      ...json('an oversized body of no type', longText, [['X-Type', 'none']]),
      isOversized: Object.keys(sent).length > 0,
    },
    ...bodiesOfOtherTypes.map((body) => json(`the body ${body.slice(0, 24)}`, body)),
    ...fields.flatMap((field) =>
      values.map((value) => {
        const body = JSON.stringify({ ...sent, [field]: value })
        return json(`the field ${field}: ${JSON.stringify(value).slice(0, 20)}`, body)
      }),
    ),
  ]
}

function forms({ path, cookies }: Route): readonly HostileRequest[] {
  const types = ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data']
  const carried: readonly Line[] = cookies === '' ? [] : [['Cookie', cookies]]
  return types.map((type) => {
    const headers: readonly Line[] = [...fromElsewhere, ...carried, ['Content-Type', type]]
    return plain(`a form of another site, as ${type}`, request({ method: 'POST', path, headers }, 'a=b&admin=true'))
  })
}

function upgrades({ method, path, token }: Route): readonly HostileRequest[] {
  const without = (name: string) => upgradeLines.filter(([line]) => line !== name)
  const malformed: readonly (readonly [string, readonly Line[]])[] = [
    ['an upgrade without a key', without('Sec-WebSocket-Key')],
    ['an upgrade with a malformed key', [...without('Sec-WebSocket-Key'), ['Sec-WebSocket-Key', 'short']]],
    ['an upgrade of version 99', [...without('Sec-WebSocket-Version'), ['Sec-WebSocket-Version', '99']]],
    [
      'an upgrade to h2c',
      [
        ['Connection', 'Upgrade, HTTP2-Settings'],
        ['Upgrade', 'h2c'],
        ['HTTP2-Settings', 'AAMAAABk'],
      ],
    ],
  ]
  return [
    ...malformed.map(([name, lines]) => plain(name, request({ method: 'GET', path, headers: lines }))),
    ...(isUpgrade(method) ? malformed : []).map(([name, lines]) => ({
      ...plain(
        `${name}, with a good token`,
        request({ method: 'GET', path, headers: [...lines, ...authorization(token)] }),
      ),
      hasCredentials: true,
    })),
    ...(isUpgrade(method) ? messages(path, token) : []),
  ]
}

/** Messages that violate the protocol (RFC 6455 section 5), from an anonymous client and from a caller. */
function messages(path: string, token: string | null): readonly HostileRequest[] {
  const frames: readonly (readonly [string, Buffer])[] = [
    ['an oversized message', frame(0x81, Buffer.alloc(200_000, 'a'))],
    ['a message with a length beyond the memory', Buffer.from('81ffffffffffffffffff00000000', 'hex')],
    ['a message without a mask', Buffer.from('810161', 'hex')],
    ['a message of an unknown kind', frame(0x83, Buffer.from('a'))],
    ['a message with reserved bits', frame(0xf1, Buffer.from('a'))],
    ['a message that is no UTF-8', frame(0x81, Buffer.from([0xff, 0xfe, 0xfd]))],
    ['a fragment that continues nothing', frame(0x80, Buffer.from('a'))],
    ['a close with a malformed code', frame(0x88, Buffer.from([0x00, 0x01]))],
    [
      'garbage for a token, and a second message',
      Buffer.concat([frame(0x81, Buffer.from('a')), frame(0x83, Buffer.from('a'))]),
    ],
  ]
  const callers = token === null ? [null] : [null, token]
  return callers.flatMap((caller) => {
    const head = request({ method: 'GET', path, headers: [...upgradeLines, ...authorization(caller)] })
    const by = caller === null ? 'of an anonymous client' : 'of a caller'
    return [
      ...frames.map(([name, bytes]) => ({ ...plain(`${name}, ${by}`, head), afterUpgrade: bytes })),
      aborted(`a handshake ${by} that is broken off`, head),
      aborted(`a message ${by} in the handshake`, Buffer.concat([Buffer.from(head), frame(0x83, Buffer.from('a'))])),
    ].map((hostile) => ({ ...hostile, hasCredentials: caller !== null }))
  })
}

function frame(firstByte: number, payload: Buffer): Buffer {
  const long = payload.length > 125
  const head = Buffer.alloc(long ? 10 : 2)
  head[0] = firstByte
  head[1] = 0x80 + (long ? 127 : payload.length)
  if (long) head.writeBigUInt64BE(BigInt(payload.length), 2)
  // A mask of zeros does not change the payload.
  return Buffer.concat([head, Buffer.alloc(4), payload])
}

function isUpgrade(method: string): boolean {
  return method === 'UPGRADE'
}

function start(method: string, path: string, lines: readonly Line[]): string {
  const headers = isUpgrade(method) ? [...upgradeLines, ...lines] : lines
  return request({ method: isUpgrade(method) ? 'GET' : method, path, headers })
}

interface Head {
  readonly method: string
  readonly path: string
  readonly headers: readonly Line[]
}

/** The bytes of a request. The content length is that of the body, unless the headers contain another. */
function request({ method, path, headers }: Head, body?: string): string {
  const names = new Set(headers.map(([name]) => name))
  const isMeasured = body === undefined || names.has('Content-Length') || names.has('Transfer-Encoding')
  const length: readonly Line[] = isMeasured ? [] : [['Content-Length', String(Buffer.byteLength(body, 'latin1'))]]
  const connection: readonly Line[] = names.has('Connection') ? [] : [['Connection', 'close']]
  const lines: readonly Line[] = [['Host', '127.0.0.1'], ...connection, ...headers, ...length]
  return `${method} ${path} HTTP/1.1\r\n${lines.map((line) => `${line.join(': ')}\r\n`).join('')}\r\n${body ?? ''}`
}

function authorization(token: string | null): readonly Line[] {
  return token === null ? [] : [['Authorization', `Bearer ${token}`]]
}

/** A valid token with another `kid`, which invalidates its signature. Without a valid token, one of the same form. */
function withKid(kid: unknown, token: string | null): string {
  const [header = '', claims = '', signature = ''] = (token ?? unsigned()).split('.')
  const named = { ...(JSON.parse(Buffer.from(header, 'base64url').toString()) as object), kid }
  return [encode(named), claims, signature].join('.')
}

function unsigned(): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: 'https://login.example', aud: 'https://api.example', sub: 'attacker', iat: now, exp: now + 600 }
  return [encode({ alg: 'RS256', typ: 'JWT' }), encode(claims), Buffer.alloc(256, 1).toString('base64url')].join('.')
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

function plain(name: string, bytes: string | Buffer): HostileRequest {
  return { name, bytes: typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, hasCredentials: false }
}

function aborted(name: string, bytes: string | Buffer): HostileRequest {
  return { ...plain(name, bytes), leaves: true }
}
