// Verifies tokens that each come in a long cookie line, and reports what is retained of them.
import { createAuth } from '@claimcheck/core'
import { hmacOptions } from '../../properties/hmac-issuer.ts'
import { count, heldBytes, report } from './heap.ts'
import { markedToken } from './marked-tokens.ts'

const auth = createAuth({ ...hmacOptions, tokenFrom: { cookie: 'access' } })

async function authenticate(index: number): Promise<void> {
  // As a server reads it: one text, of which the token is a part.
  const line = Buffer.from(`session=${'x'.repeat(12_000)}; access=${markedToken(index)}; theme=dark`).toString('latin1')
  await auth.authenticate({ headers: { cookie: line }, method: 'GET' })
}

await authenticate(0)
const before = await heldBytes()
for (let index = 1; index <= count; index++) await authenticate(index)
report({ grown: (await heldBytes()) - before, tokens: count })
auth.close()
