import { SignJWT } from 'jose'

export const options = {
  issuer: 'https://issuer.example',
  audience: 'https://api.example',
  keys: { secret: 'claimcheck test secret, 32 bytes or more of it' },
} as const

/** The Authorization header of a caller with this subject and these claims. */
export async function as(subject: string, claims: Record<string, unknown> = {}) {
  const key = new TextEncoder().encode(options.keys.secret)
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(options.issuer)
    .setAudience(options.audience)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime('5 minutes')
    .sign(key)
  return { authorization: `Bearer ${token}` }
}
