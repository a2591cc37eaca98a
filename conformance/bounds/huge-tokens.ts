import type { AuthErrorCode } from '@claimcheck/core'
import { goodClaims, hmacHeader, signHmac } from '../src/hmac-issuer.ts'

/** A token that is larger, deeper or has more members than any real one. */
interface HugeToken {
  readonly name: string
  /** With the default of maxTokenBytes and with its maximum. */
  readonly codes: readonly [AuthErrorCode, AuthErrorCode]
  make(): string
}

const depth = 20_000
const nested = { arrays: ['[', ']'], objects: ['{"a":', '}'] } as const
const good = JSON.stringify(goodClaims).slice(0, -1)

/** JSON with this nesting depth. Objects need a value inside. */
function deep(kind: keyof typeof nested, levels: number): string {
  const [open, close] = nested[kind]
  return open.repeat(levels) + (kind === 'objects' ? '1' : '') + close.repeat(levels)
}

function members(count: number): string {
  return Array.from({ length: count }, (_, index) => `,"${index.toString(36)}":0`).join('')
}

const tooLarge = ['token_too_large', 'token_too_large'] as const
const malformed = ['token_too_large', 'token_malformed'] as const

export const hugeTokens: readonly HugeToken[] = [
  { name: '1 MB of dots', codes: tooLarge, make: () => '.'.repeat(2 ** 20) },
  { name: '1 MB of one letter', codes: tooLarge, make: () => 'a'.repeat(2 ** 20) },
  { name: '64 KB of dots', codes: malformed, make: () => '.'.repeat(65_536) },
  { name: '64 KB without a dot', codes: malformed, make: () => 'a'.repeat(65_536) },
  { name: '64 KB of a header', codes: malformed, make: () => `${'a'.repeat(65_000)}.e30.AA` },
  { name: '64 KB of a signature', codes: malformed, make: () => `e30.e30.${'a'.repeat(65_000)}` },
  {
    name: 'arrays that nest 20,000 deep',
    codes: malformed,
    make: () => signHmac(`${good},"a":${deep('arrays', depth)}}`),
  },
  {
    name: 'objects that nest 8,000 deep',
    codes: malformed,
    make: () => signHmac(`${good},"a":${deep('objects', 8000)}}`),
  },
  { name: 'a payload that never closes', codes: malformed, make: () => signHmac('['.repeat(depth)) },
  {
    name: 'a header that nests 20,000 deep',
    codes: malformed,
    make: () => signHmac(`${good}}`, `{"alg":"HS256","a":${deep('arrays', depth)}}`),
  },
  {
    name: 'quotes and backslashes without end',
    codes: malformed,
    make: () => signHmac(`{"a":"${'\\"'.repeat(20_000)}`, hmacHeader),
  },
  { name: '100,000 members', codes: tooLarge, make: () => signHmac(`${good}${members(100_000)}}`) },
  { name: '2,000 times the same member', codes: malformed, make: () => signHmac(`${good}${',"a":1'.repeat(2000)}}`) },
]

/** Claims that almost reach maxTokenBytes. */
export const fullClaims = {
  members: `${good}${members(5000)}}`,
  roles: `${good},"roles":${JSON.stringify(Array.from({ length: 5000 }, (_, index) => `r${index}`))}}`,
  scopes: `${good},"scope":"${Array.from({ length: 5000 }, (_, index) => `s${index}`).join(' ')}"}`,
  audiences: `${good.replace(`"${goodClaims.aud}"`, JSON.stringify([...Array.from({ length: 5000 }, () => 'x'), goodClaims.aud]))}}`,
}
