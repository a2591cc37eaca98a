/** For whoever writes an adapter: the gate that every adapter puts into its framework's way of a request. */
export { checkPolicy, createGate, errorOf, findPrincipal, principalOf } from './http/gate.ts'
export type { Admission, Gate, GateSettings, Mode } from './http/gate.ts'
export type { Errors } from './http/outcomes.ts'
export type { Denial } from './http/denial.ts'
export { isPromise, onward } from './soon.ts'
export type { Soon } from './soon.ts'
export { readPolicy } from './access/policy.ts'
