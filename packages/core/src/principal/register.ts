import type { Auth } from '../auth.ts'
import type { Principal } from './principal.ts'

/**
 * Tells the guards of the whole program about its roles and claims:
 * `declare module '@claimcheck/core' { interface Register { auth: typeof auth } }`, or the same on the adapter's name.
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- users add the member
export interface Register {}

type RegisteredAuth = Register extends { auth: infer A } ? A : Auth

/** The roles of the registered Auth; any string where none is registered. */
export type RegisteredRole = RegisteredAuth extends Auth<infer R, infer _C> ? R : string

/** The principal of the registered Auth. */
export type RegisteredPrincipal = RegisteredAuth extends Auth<infer R, infer C> ? Principal<R, C> : Principal
