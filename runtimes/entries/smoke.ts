// Signs a token, verifies it and responds with the subject: as a Worker, and as a script.
import { createAuth } from '@claimcheck/core'
import { SignJWT } from 'jose'

const secret = 'thirty-two bytes for a smoke test, no less'
const names = { issuer: 'https://issuer.test', audience: 'smoke' }

export async function verifyOwnToken(now: () => number): Promise<string | null> {
  const auth = createAuth({ ...names, keys: { secret }, now })
  const token = await new SignJWT({ sub: 'user-1', iss: names.issuer, aud: names.audience })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt(now() / 1000)
    .setExpirationTime(now() / 1000 + 60)
    .sign(new TextEncoder().encode(secret))
  const { subject } = await auth.verifyToken(token)
  return subject
}
