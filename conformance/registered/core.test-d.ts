import { allOf, hasRole, where } from '@claimcheck/core'
import type { Policy, RegisteredPrincipal, RegisteredRole } from '@claimcheck/core'
import './auth.ts'

// With one registration, every guard in the program is typed with the roles and claims.
const role: RegisteredRole = 'editor'
const policy: Policy<RegisteredRole> = allOf(
  hasRole('admin', role),
  where('tenant 1', ({ claims }) => claims.tenant === 1),
)
void policy
// @ts-expect-error a misspelt role does not compile
hasRole('amdin')
// @ts-expect-error nor a claim that the schema does not know
where('tenant', ({ claims }) => claims.tenent === 1)

export function tenantOf(principal: RegisteredPrincipal): number {
  // @ts-expect-error nor a misspelt role of a principal
  if (principal.roles.includes('amdin')) return 0
  return principal.claims.tenant
}
