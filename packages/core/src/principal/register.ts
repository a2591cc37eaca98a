import type { AnyPrincipal, Principal } from './principal.ts'

/**
 * Add your Auth to this interface to type the guards, `getAuth` and `req.auth` of the whole program:
 * `declare module '@claimcheck/core' { interface Register { auth: typeof auth } }`, or the same with the adapter's name.
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- users add the property
export interface Register {}

/** The principal of the registered Auth. Inferred from the shape of an Auth, so that this file does not import `auth.ts`. */
export type RegisteredPrincipal = Register extends {
  auth: { authenticate(...args: never[]): Promise<infer P extends AnyPrincipal> }
}
  ? P
  : Principal

/** The roles of the registered Auth; any string if none is registered. */
export type RegisteredRole = RegisteredPrincipal['roles'][number]
