// Fills the cache of an Auth with tokens of one shape after another, each beyond maxBytes, and reports what it retains.
import { createAuth } from '@claimcheck/core'
import { goodClaims, hmacOptions, signHmac } from '../../src/hmac-issuer.ts'
import { count, heapBytes, report } from './heap.ts'

const maxBytes = count * 1024 * 1024

const repeated = (length: number, make: (at: number) => unknown) => Array.from({ length }, (_, at) => make(at))
const chain = (depth: number): object => (depth === 0 ? {} : { a: chain(depth - 1) })
const named = (length: number, prefix: string) =>
  Object.fromEntries(repeated(length, (at) => [`${prefix}${at}`, at]) as [string, number][])

/** Claims of every kind that needs much more memory than its JSON, or as much. `index` makes each token different. */
const shapes: Readonly<Record<string, (index: number) => object>> = {
  'few claims': (index) => ({ index }),
  'many empty objects': (index) => ({ index, list: repeated(1900, () => ({})) }),
  'many empty arrays': (index) => ({ index, list: repeated(1900, () => []) }),
  'objects of one property': (index) => ({ index, list: repeated(580, (at) => ({ a: at })) }),
  'objects in objects': (index) => ({ index, list: repeated(28, () => chain(28)) }),
  'many small claims': (index) => ({ ...named(380, 'claim'), index }),
  'claims of names of their own': (index) => named(300, `c${index}_`),
  'objects of shapes of their own': (index) => ({ index, list: repeated(300, (at) => ({ [`p${index}_${at}`]: 1 })) }),
  'a long string': (index) => ({ index, text: 'x'.repeat(5800) }),
  'a long string beyond latin1': (index) => ({ index, text: '\u{1F600}'.repeat(1400) }),
  'many short strings': (index) => ({ index, list: repeated(800, (at) => `s${at}`) }),
  'many roles': (index) => ({ roles: repeated(400, (at) => `role-${at}-${index}`) }),
  'many scopes': (index) => ({ scope: repeated(300, (at) => `scope:${at}:${index}`).join(' ') }),
  'many fractions': (index) => ({ index, list: repeated(700, (at) => at + 0.5) }),
}

const measured: Record<string, number> = {}
for (const [name, shape] of Object.entries(shapes)) {
  const auth = createAuth({ ...hmacOptions, maxTokenBytes: 16_384, cache: { max: 100_000, maxBytes } })
  const length = signHmac(JSON.stringify({ ...goodClaims, ...shape(0) })).length
  await auth.verifyToken(signHmac(JSON.stringify({ ...goodClaims, ...shape(0) })))
  const before = await heapBytes()
  const verified = Math.ceil((2 * maxBytes) / length)
  for (let index = 1; index <= verified; index++) {
    await auth.verifyToken(signHmac(JSON.stringify({ ...goodClaims, ...shape(index), jti: `token-${index}` })))
  }
  measured[name] = ((await heapBytes()) - before) / maxBytes
  auth.close()
}
report(measured)
