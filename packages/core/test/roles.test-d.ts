import { z } from 'zod'
import { createAuth, hasRole } from '../src/index.ts'
import { auth0, entra, keycloak, okta } from '../src/presets.ts'
import type { Auth, JwtClaims, Policy, Principal } from '../src/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_proof: Equal<A, B>): void => undefined

const base = { issuer: 'https://issuer.example', audience: 'https://api.example', keys: { secret: 's' } } as const

// The roles of one issuer are the names of its map.
const one = createAuth({ ...base, roles: { admin: 'admin', editor: { claim: 'groups', includes: 'editors' } } })
same<typeof one, Auth<'admin' | 'editor', JwtClaims>>(true)
one.hasRole('admin')
one.hasRole('admin', 'editor')
// @ts-expect-error a misspelt role does not compile
one.hasRole('amdin')
// @ts-expect-error nor one of two
one.hasRole('admin', 'amdin')
// @ts-expect-error nor none at all
one.hasRole()

// Those of several issuers with maps of their own are the union of the names, with the fallback's.
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

// So are those of presets, which stand in a list too.
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
// @ts-expect-error nor a misspelt setting of an entry
createAuth({ issuers: [{ ...base, audeince: 'a' }] })

// Lists may be made by code.
createAuth({ ...base, audience: 'a,b'.split(','), keys: { secret: ['s'].map((secret) => secret) } })

// Without a map any name may be a role.
const open = createAuth(base)
same<typeof open, Auth<string, JwtClaims>>(true)
open.hasRole('whatever')
hasRole('whatever')

// The principal knows the roles, and the claims by their schema.
const typed = createAuth({
  ...base,
  roles: { admin: 'admin' },
  claims: z.object({ sub: z.string(), tenant: z.number() }),
})
same<typeof typed, Auth<'admin', { sub: string; tenant: number }>>(true)
same<ReturnType<typeof typed.authenticate>, Promise<Principal<'admin', { sub: string; tenant: number }>>>(true)
const policy: Policy<'admin'> = typed.hasRole('admin')
void policy

// Functions of the settings see the principal with its roles and claims.
createAuth({
  ...base,
  roles: { admin: 'admin' },
  isRevoked: (principal) => {
    // @ts-expect-error a misspelt role does not compile
    return principal.roles.includes('amdin')
  },
})

// What protects is needed, and exclusive forms exclude each other.
// @ts-expect-error without an audience
createAuth({ issuer: 'a', keys: { secret: 's' } })
// @ts-expect-error without an issuer
createAuth({ audience: 'a', keys: { secret: 's' } })
// @ts-expect-error an issuer beside a list of issuers
createAuth({ ...base, issuers: [base] })
// @ts-expect-error an empty list of issuers
createAuth({ issuers: [] })
// @ts-expect-error a misspelt setting
createAuth({ ...base, audeince: 'a' })
// @ts-expect-error an empty list of algorithms
createAuth({ ...base, algorithms: [] })
// @ts-expect-error none is no algorithm
createAuth({ ...base, algorithms: ['none'] })
// @ts-expect-error a role rule that answers later
createAuth({ ...base, roles: { admin: async () => true } })
