// Verifies tokens that each come in a long cookie line, and reports what is retained of them.
import { createAuth } from '@claimcheck/core'
import { hmacOptions } from '../../src/hmac-issuer.ts'
import { count, heapBytes, report } from './heap.ts'
import { markedToken } from './marked-tokens.ts'

const auth = createAuth({ ...hmacOptions, tokenFrom: { cookie: 'access' } })

async function authenticate(index: number): Promise<void> {
  // A header as a server parses it: one string that contains the token.
  const line = Buffer.from(`session=${'x'.repeat(12_000)}; access=${markedToken(index)}; theme=dark`).toString('latin1')
  await auth.authenticate({ headers: { cookie: line }, method: 'GET' })
}

await authenticate(0)
const before = await heapBytes()
for (let index = 1; index <= count; index++) await authenticate(index)
report({ grown: (await heapBytes()) - before, tokens: count })
auth.close()
