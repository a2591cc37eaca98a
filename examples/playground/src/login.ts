import { createRevocations } from '@claimcheck/core'
import type { AuthOptions, Revocations } from '@claimcheck/core'
import { createIssuer, createSessionStore, generateKeys } from '@claimcheck/issuer'
import type { SessionIssuer } from '@claimcheck/issuer'
import { users } from './users.ts'
import type { UserName } from './users.ts'

/** The login of the playground: everybody is who they say they are. It makes the tokens that the three servers verify. */
export interface Login {
  readonly issuer: SessionIssuer
  readonly revocations: Revocations
  /** What an Auth needs to take its tokens, in this process. */
  readonly accepted: AuthOptions<'admin'>
  /** A token that was good an hour ago. */
  expiredToken(user: UserName): Promise<string>
}

/** Makes a login with keys and sessions of its own, which are gone when the process ends. */
export async function createLogin(): Promise<Login> {
  const names = { issuer: 'https://login.example', audience: 'https://api.example' }
  const settings = { ...names, clientId: 'playground', keys: await generateKeys('ES256') }
  const revocations = createRevocations()
  const issuer = createIssuer({ ...settings, store: createSessionStore(), revocation: revocations })
  const anHourAgo = createIssuer({ ...settings, now: () => Date.now() - 3_600_000 })
  return {
    issuer,
    revocations,
    accepted: {
      ...names,
      keys: issuer.keySource(),
      profile: 'at+jwt',
      roles: { admin: 'admin' },
      revocation: revocations,
    },
    expiredToken: async (user) => (await anHourAgo.login(users[user])).accessToken,
  }
}
