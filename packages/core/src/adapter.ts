/** For whoever writes an adapter: the gate that every adapter puts into its framework's way of a request. */
export { checkPolicy, createGate, errorOf, errorsOf, findPrincipal, principalOf } from './http/gate.ts'
export type { Errors, Gate, GateSettings, Mode } from './http/gate.ts'
export { readPolicy } from './access/policy.ts'
