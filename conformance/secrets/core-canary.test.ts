import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { canaryOf, leaksIn } from './canary.ts'

const secret = canaryOf('secret')
const other = canaryOf('other')
const { text } = secret

describe('a canary is found', () => {
  it.each([
    ['as it is', `connect to ${text} failed`],
    ['cut short', `connect to ${text.slice(0, 15)}… failed`],
    ['in other letters', text.toLowerCase()],
    ['in the payload of a token', Buffer.from(JSON.stringify({ sub: text })).toString('base64url')],
    ['in base64, wherever it stands', Buffer.from(`x${text}`).toString('base64')],
    ['in hex', Buffer.from(text).toString('hex')],
    ['as a Buffer that is printed', inspect(Buffer.from(text))],
    ['as a Uint8Array that is printed', inspect(new TextEncoder().encode(text))],
    [
      'as a long Uint8Array that is printed',
      inspect(new TextEncoder().encode(`some ${text} more`), { maxArrayLength: null }),
    ],
    ['as a Uint8Array that is serialised', JSON.stringify(new TextEncoder().encode(text))],
    ['as its bytes', JSON.stringify([...Buffer.from(text)])],
    ['as its percent-encoding', encodeURIComponent(`secret=${text}`)],
  ])('%s', (_name, shown) => {
    expect(leaksIn(shown, [other, secret])).toEqual(['secret'])
  })

  it('and not where it is not', () => {
    expect(leaksIn(`${other.text} ${text.slice(0, 11)}`, [secret])).toEqual([])
  })
})
