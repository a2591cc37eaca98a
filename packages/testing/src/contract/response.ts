export type HeaderLine = readonly [name: string, value: string]

/** An HTTP response, as received. */
export interface HttpResponse {
  readonly status: number
  readonly reason: string
  /** Every header line in the order received, including duplicates. Names are in lower case. */
  readonly headers: readonly HeaderLine[]
  readonly body: Buffer
}

interface Parsed {
  readonly response: HttpResponse
  /** The number of bytes of the response. */
  readonly length: number
}

/** Parses the first response in the bytes (RFC 9112). Returns null if it is incomplete. `method` is that of the request. */
export function parseResponse(bytes: Buffer, method: string): Parsed | null {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd === -1) return null
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n')
  const [, code = '', reason = ''] = /^HTTP\/1\.1 (\d{3}) (.*)$/.exec(statusLine) ?? []
  if (code === '') throw new SyntaxError(`Invalid status line: ${statusLine}`)
  const status = Number(code)
  const headers = lines.map(parseLine)
  const body = parseBody(bytes.subarray(headEnd + 4), headers, method === 'HEAD' || isBodyless(status))
  if (body === null) return null
  return { response: { status, reason, headers, body: body.content }, length: headEnd + 4 + body.length }
}

/** Returns the values of a header, one for each line. */
export function headerValues({ headers }: HttpResponse, name: string): readonly string[] {
  return headers.filter(([candidate]) => candidate === name).map(([, value]) => value)
}

function parseLine(line: string): HeaderLine {
  const colon = line.indexOf(':')
  if (colon < 1) throw new SyntaxError(`Invalid header line: ${line}`)
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}

function isBodyless(status: number): boolean {
  return status < 200 || status === 204 || status === 304
}

interface Body {
  readonly content: Buffer
  readonly length: number
}

function parseBody(bytes: Buffer, headers: readonly HeaderLine[], isEmpty: boolean): Body | null {
  if (isEmpty) return { content: Buffer.alloc(0), length: 0 }
  const find = (name: string) => headers.find(([candidate]) => candidate === name)?.[1]
  if (find('transfer-encoding') === 'chunked') return parseChunks(bytes)
  const length = Number(find('content-length') ?? Number.NaN)
  if (!Number.isInteger(length)) throw new SyntaxError('The response has no valid length')
  return bytes.length < length ? null : { content: Buffer.from(bytes.subarray(0, length)), length }
}

function parseChunks(bytes: Buffer): Body | null {
  const chunks: Buffer[] = []
  let at = 0
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd === -1) return null
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    const start = lineEnd + 2
    if (!Number.isInteger(size)) throw new SyntaxError('A chunk has no valid length')
    if (bytes.length < start + size + 2) return null
    at = start + size + 2
    if (size === 0) return { content: Buffer.concat(chunks), length: at }
    chunks.push(bytes.subarray(start, start + size))
  }
}
