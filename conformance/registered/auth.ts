import { createAuth } from '@claimcheck/core'
import { z } from 'zod'

export const auth = createAuth({
  issuer: 'https://issuer.example',
  audience: 'https://api.example',
  keys: { secret: process.env['JWT_SECRET'] ?? '' },
  roles: { admin: 'admin', editor: { claim: 'groups', includes: 'editors' } },
  claims: z.object({ sub: z.string(), tenant: z.number() }),
})

declare module '@claimcheck/core' {
  interface Register {
    auth: typeof auth
  }
}
