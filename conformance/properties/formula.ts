import { allOf, anyOf, hasClaim, hasRole, hasScope, where } from '@claimcheck/core'
import type { Policy } from '@claimcheck/core'
import { array, constantFrom, letrec, oneof, record, uniqueArray } from 'fast-check'
import type { Arbitrary } from 'fast-check'

/** The conditions that a policy can depend on. Each is true or false for a caller, independent of the others. */
export const atoms = ['role:a', 'role:b', 'scope:r', 'scope:s', 'scope:t', 'claim:x', 'where:w'] as const
export type Atom = (typeof atoms)[number]

/** A row of a truth table. */
export type Row = ReadonlySet<Atom>

/** A policy as a boolean formula: `every` atom of a leaf must be true, or `some`. */
type Formula =
  | { readonly kind: 'leaf'; readonly atoms: readonly [Atom, ...Atom[]] }
  | { readonly kind: 'all'; readonly of: readonly [Formula, ...Formula[]] }
  | { readonly kind: 'any'; readonly of: readonly [Formula, ...Formula[]] }

const roleLeaves = [['role:a'], ['role:b'], ['role:a', 'role:b']] as const
const scopes = ['scope:r', 'scope:s', 'scope:t'] as const
const leaf: Arbitrary<Formula> = oneof(
  constantFrom(...roleLeaves),
  uniqueArray(constantFrom(...scopes), { minLength: 1, maxLength: 3 }),
  constantFrom(['claim:x'] as const, ['where:w'] as const),
).map(([first = 'scope:r', ...others]) => ({ kind: 'leaf', atoms: [first, ...others] }))

/** Random trees of policies. */
export const arbitraryFormula: Arbitrary<Formula> = letrec<{ tree: Formula; node: Formula }>((tie) => ({
  node: record({
    kind: constantFrom('all' as const, 'any' as const),
    of: array(tie('tree'), { minLength: 1, maxLength: 4 }),
  }).map(({ kind, of: [first = { kind: 'leaf', atoms: ['role:a'] }, ...others] }) => ({
    kind,
    of: [first, ...others],
  })),
  tree: oneof({ maxDepth: 4, withCrossShrink: true }, leaf, tie('node')),
})).tree

/** All rows of the truth table. */
export const rows: readonly Row[] = Array.from(
  { length: 2 ** atoms.length },
  (_, bits) => new Set(atoms.filter((_atom, index) => (bits & (1 << index)) !== 0)),
)

/** Whether the formula is true in the row. A leaf of roles needs one of them, a leaf of scopes all. */
export function isTrue(formula: Formula, row: Row): boolean {
  if (formula.kind === 'all') return !formula.of.some((part) => !isTrue(part, row))
  if (formula.kind === 'any') return formula.of.some((part) => isTrue(part, row))
  const met = formula.atoms.filter((atom) => row.has(atom)).length
  return isRole(formula.atoms[0]) ? met > 0 : met === formula.atoms.length
}

/** The same formula as a policy. */
export function toPolicy(formula: Formula): Policy {
  if (formula.kind !== 'leaf') {
    const [first, ...others] = formula.of
    const policies = [toPolicy(first), ...others.map(toPolicy)] as const
    return formula.kind === 'all' ? allOf(...policies) : anyOf(...policies)
  }
  const [first, ...others] = formula.atoms
  if (isRole(first)) return hasRole(nameOf(first), ...others.map(nameOf))
  if (first.startsWith('scope:')) return hasScope(nameOf(first), ...others.map(nameOf))
  return first === 'claim:x' ? hasClaim('x', true) : where('w', ({ claims }) => claims['w'] === true)
}

/** The scopes that every solution of the formula needs, which are those outside of alternatives. */
export function certainScopes(formula: Formula): readonly string[] {
  if (formula.kind === 'all') return formula.of.flatMap(certainScopes)
  if (formula.kind === 'any') return []
  return formula.atoms.filter((atom) => atom.startsWith('scope:')).map(nameOf)
}

export function hasWhere(formula: Formula): boolean {
  return formula.kind === 'leaf' ? formula.atoms[0] === 'where:w' : formula.of.some(hasWhere)
}

/** The `a` of `role:a`. */
export function nameOf(atom: Atom): string {
  return atom.slice(atom.indexOf(':') + 1)
}

export function isRole(atom: Atom): boolean {
  return atom.startsWith('role:')
}
