import type { AttackTarget } from '../servers/attack-target.ts'
import type { AttackCase } from './attack-case.ts'
import { isBuilt } from './not-built.ts'

/** Whether a case is run on a target: some are about a framework, some about what no header can carry. */
export function appliesTo({ id, recipe }: AttackCase, { column, guardsAlone }: AttackTarget): boolean {
  if (!isBuilt(id)) return false
  if (recipe.transport === 'direct-verify') return column === 'core'
  if (recipe.framework === 'all') return column !== 'core'
  if (recipe.framework !== undefined) return column.toLowerCase() === recipe.framework
  // A policy that is data on a route is no guard: without the middleware nobody reads it.
  return guardsAlone || recipe.policy !== 'P-SCOPE:guard-only'
}
