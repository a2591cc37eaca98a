import type { AuthOptions } from '@claimcheck/core'
import { createIssuer } from '@claimcheck/issuer'
import type { IssuerOptions, SessionIssuer } from '@claimcheck/issuer'
import type { Stores } from './stores.ts'

/** The claims of each user. john is an admin without scopes; jane can read reports and is not an admin. */
export const users = {
  john: { sub: '1234567890', name: 'John Doe', admin: true },
  jane: { sub: '1234567891', name: 'Jane Doe', admin: false, scope: 'reports:read' },
} as const

export type UserName = keyof typeof users

export function isUserName(name: unknown): name is UserName {
  return typeof name === 'string' && Object.hasOwn(users, name)
}

/** The role map of the three APIs, which the page shows, too. */
export const roles = { admin: 'admin' } as const

/** What a token of `signToken` has in place of the issuer's own audience, keys and clock. */
export type TokenChanges = Partial<Pick<IssuerOptions, 'audience' | 'keys' | 'now'>>

/** The login of the playground, without passwords. It issues the tokens that the three APIs verify. */
export interface Login {
  readonly issuer: SessionIssuer
  /** The same login with access tokens that live for 20 seconds, to watch one expire. */
  readonly briefIssuer: SessionIssuer
  /** Options of an Auth that accepts the tokens and discovers the keys at the issuer. */
  readonly authOptions: AuthOptions<'admin'>
  /** The same, with the keys of this process: the login itself never fetches them. */
  readonly ownAuthOptions: AuthOptions<'admin'>
  /** Signs an access token without a session. With changes, it is one that the APIs reject. */
  signToken(this: void, user: UserName, changes?: TokenChanges): Promise<string>
}

/** Creates a login. Its keys and sessions live as long as the stores, which other playgrounds may share. */
export async function createLogin({ keys, sessions, revocations }: Stores): Promise<Login> {
  const names = { issuer: 'https://login.example', audience: 'https://api.example' }
  const settings = { ...names, clientId: 'playground', keys }
  const stores = { store: sessions, revocation: revocations }
  const issuer = createIssuer({ ...settings, ...stores })
  const briefIssuer = createIssuer({ ...settings, ...stores, accessTokenSeconds: 20 })
  await issuer.ready()
  const authOptions = { ...names, profile: 'at+jwt', roles, revocation: revocations } as const
  return {
    issuer,
    briefIssuer,
    authOptions,
    ownAuthOptions: { ...authOptions, keys: issuer.keySource() },
    signToken: async (user, changes = {}) => {
      return (await createIssuer({ ...settings, ...changes }).login(users[user])).accessToken
    },
  }
}
