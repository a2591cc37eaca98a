import { z } from 'zod'
import { createAuth, hasRole } from '../src/index.ts'
import { auth0, entra, keycloak, okta } from '../src/presets.ts'
import type { Auth, JwtClaims, Policy, Principal } from '../src/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_proof: Equal<A, B>): void => undefined

const base = { issuer: 'https://issuer.example', audience: 'https://api.example', keys: { secret: 's' } } as const

// The roles of one issuer are the names in its role map.
const one = createAuth({ ...base, roles: { admin: 'admin', editor: { claim: 'groups', includes: 'editors' } } })
same<typeof one, Auth<'admin' | 'editor', JwtClaims>>(true)
one.hasRole('admin')
one.hasRole('admin', 'editor')
// @ts-expect-error a misspelt role does not compile
one.hasRole('amdin')
// @ts-expect-error a misspelt role beside a valid one does not compile
one.hasRole('admin', 'amdin')
// @ts-expect-error no role does not compile
one.hasRole()

// The roles of several issuers are the names in all their role maps and in the one beside issuers.
const several = createAuth({
  roles: { guest: 'guest' },
  issuers: [
    { ...base, issuer: 'a', roles: { admin: 'admin' } },
    { ...base, issuer: 'b', roles: { owner: (claims) => claims.sub === 'x' } },
    { ...base, issuer: 'c' },
  ],
})
same<typeof several, Auth<'admin' | 'owner' | 'guest', JwtClaims>>(true)
several.hasRole('owner', 'guest')
// @ts-expect-error a misspelt role does not compile
several.hasRole('amdin')

// The same applies to presets, and to presets that return several issuers.
const presets = createAuth({
  issuers: [
    auth0({ domain: 'acme.eu.auth0.com', audience: 'a', roles: { claim: 'roles', names: ['editor'] } }),
    keycloak({ url: 'https://sso.acme.example', realm: 'a', audience: 'a', realmRoles: ['admin'] }),
    okta({ domain: 'acme.okta.com' }),
    ...entra({ tenants: 't', audience: 'a', roles: ['Orders.Admin'] }),
  ],
})
same<typeof presets, Auth<'editor' | 'admin' | 'Orders.Admin', JwtClaims>>(true)
presets.hasRole('admin', 'editor', 'Orders.Admin')
// @ts-expect-error a misspelt role does not compile
presets.hasRole('amdin')
// @ts-expect-error a misspelt option of an entry does not compile
createAuth({ issuers: [{ ...base, audeince: 'a' }] })

// Arrays can be computed.
createAuth({ ...base, audience: 'a,b'.split(','), keys: { secret: ['s'].map((secret) => secret) } })

// Without a role map, a role can have any name.
const open = createAuth(base)
same<typeof open, Auth<string, JwtClaims>>(true)
open.hasRole('whatever')
hasRole('whatever')

// The principal has the roles of the role map and the claims of the schema.
const typed = createAuth({
  ...base,
  roles: { admin: 'admin' },
  claims: z.object({ sub: z.string(), tenant: z.number() }),
})
same<typeof typed, Auth<'admin', { sub: string; tenant: number }>>(true)
same<ReturnType<typeof typed.authenticate>, Promise<Principal<'admin', { sub: string; tenant: number }>>>(true)
const policy: Policy<'admin'> = typed.hasRole('admin')
void policy

// Callbacks receive the principal with its roles and claims.
createAuth({
  ...base,
  roles: { admin: 'admin' },
  isRevoked: (principal) => {
    // @ts-expect-error a misspelt role does not compile
    return principal.roles.includes('amdin')
  },
})

// Options that protect the API are required, and exclusive options cannot be combined.
// @ts-expect-error without an audience
createAuth({ issuer: 'a', keys: { secret: 's' } })
// @ts-expect-error without an issuer
createAuth({ audience: 'a', keys: { secret: 's' } })
// @ts-expect-error an issuer beside a list of issuers
createAuth({ ...base, issuers: [base] })
// @ts-expect-error an empty list of issuers
createAuth({ issuers: [] })
// @ts-expect-error a misspelt option
createAuth({ ...base, audeince: 'a' })
// @ts-expect-error an empty list of algorithms
createAuth({ ...base, algorithms: [] })
// @ts-expect-error the algorithm none
createAuth({ ...base, algorithms: ['none'] })
// @ts-expect-error an asynchronous role rule
createAuth({ ...base, roles: { admin: async () => true } })
