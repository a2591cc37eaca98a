import type { AuthOptions } from '@claimcheck/core'
import { createIssuer } from '@claimcheck/issuer'
import type { SessionIssuer } from '@claimcheck/issuer'
import type { Stores } from './stores.ts'
import { users } from './users.ts'
import type { UserName } from './users.ts'

/** The login of the playground: everybody is who they say they are. It makes the tokens that the three servers verify. */
export interface Login {
  readonly issuer: SessionIssuer
  /** The same login, whose access tokens live for 20 seconds: to watch one expire. */
  readonly briefly: SessionIssuer
  /** What an Auth needs to take its tokens, in this process. */
  readonly accepted: AuthOptions<'admin'>
  /** A token that was good an hour ago. */
  expiredToken(user: UserName): Promise<string>
}

/** Which claim gives which role: what the three servers go by, and what the page tells. */
export const roles = { admin: 'admin' } as const

/** Makes a login on stores, which say for how long and for whom its keys and sessions are. */
export async function createLogin({ keys, sessions, revocations }: Stores): Promise<Login> {
  const names = { issuer: 'https://login.example', audience: 'https://api.example' }
  const settings = { ...names, clientId: 'playground', keys }
  const stores = { store: sessions, revocation: revocations }
  const issuer = createIssuer({ ...settings, ...stores })
  const briefly = createIssuer({ ...settings, ...stores, accessTokenSeconds: 20 })
  const anHourAgo = createIssuer({ ...settings, now: () => Date.now() - 3_600_000 })
  await issuer.ready()
  return {
    issuer,
    briefly,
    accepted: {
      ...names,
      keys: issuer.keySource(),
      profile: 'at+jwt',
      roles,
      revocation: revocations,
    },
    expiredToken: async (user) => (await anHourAgo.login(users[user])).accessToken,
  }
}
