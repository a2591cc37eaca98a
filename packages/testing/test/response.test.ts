import { describe, expect, it } from 'vitest'
import { headerValues, parseResponse } from '../src/contract/response.ts'

const parse = (text: string, method = 'GET') => parseResponse(Buffer.from(text, 'latin1'), method)

describe('parseResponse', () => {
  it('returns every line of a duplicate header', () => {
    const parsed = parse('HTTP/1.1 401 Unauthorized\r\nVary: a\r\nVARY: b\r\nContent-Length: 0\r\n\r\n')
    expect(parsed && headerValues(parsed.response, 'vary')).toEqual(['a', 'b'])
  })

  it('reads Content-Length bytes, and leaves the next response unread', () => {
    const text = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n'
    expect(parse(`${text}o`)).toBeNull()
    const parsed = parse(`${text}okHTTP/1.1`)
    expect([parsed?.response.body.toString(), parsed?.length]).toEqual(['ok', text.length + 2])
  })

  it('joins chunks, and returns null before the last one', () => {
    const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
    expect(parse(`${text}3\r\nabc\r\n`)).toBeNull()
    expect(parse(`${text}3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n`)?.response.body.toString()).toBe('abc0123456789')
  })

  it.each(['204 No Content', '304 Not Modified', '101 Switching Protocols'])('reads no body after %s', (status) => {
    expect(parse(`HTTP/1.1 ${status}\r\nContent-Length: 5\r\n\r\n`)?.response.body.toString()).toBe('')
  })

  it('reads no body in the response to HEAD', () => {
    expect(parse('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'HEAD')?.response.body.toString()).toBe('')
  })

  it.each([
    ['HTTP/2 200 OK\r\n\r\n'],
    ['HTTP/1.1 200 OK\r\nno header line\r\nContent-Length: 0\r\n\r\n'],
    ['HTTP/1.1 200 OK\r\n\r\nbody without an end'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
  ])('throws a SyntaxError for an invalid response: %j', (text) => {
    expect(() => parse(text)).toThrow(SyntaxError)
  })
})
