import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { canaryOf, leaksIn } from './canary.ts'

const secret = canaryOf('secret')
const other = canaryOf('other')
const { text } = secret

describe('leaksIn', () => {
  it.each([
    ['in plain text', `connect to ${text} failed`],
    ['of which a part is shown', `connect to ${text.slice(0, 15)}… failed`],
    ['in lower case', text.toLowerCase()],
    ['in the payload of a token', Buffer.from(JSON.stringify({ sub: text })).toString('base64url')],
    ['in base64 at any offset', Buffer.from(`x${text}`).toString('base64')],
    ['in hex', Buffer.from(text).toString('hex')],
    ['in a printed Buffer', inspect(Buffer.from(text))],
    ['in a printed Uint8Array', inspect(new TextEncoder().encode(text))],
    [
      'as a long Uint8Array that is printed',
      inspect(new TextEncoder().encode(`some ${text} more`), { maxArrayLength: null }),
    ],
    ['in a serialized Uint8Array', JSON.stringify(new TextEncoder().encode(text))],
    ['in its bytes', JSON.stringify([...Buffer.from(text)])],
    ['in percent-encoding', encodeURIComponent(`secret=${text}`)],
  ])('leaksIn finds a secret %s', (_name, shown) => {
    expect(leaksIn(shown, [other, secret])).toEqual(['secret'])
  })

  it('leaksIn finds no canary in other texts', () => {
    expect(leaksIn(`${other.text} ${text.slice(0, 11)}`, [secret])).toEqual([])
  })
})
