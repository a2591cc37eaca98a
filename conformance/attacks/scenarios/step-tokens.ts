import type { TokenRecipe } from '../corpus/attack-case.ts'
import type { ScenarioContext } from './scenario-context.ts'

/** Returns the token of a step, or null for a request without one. Later steps can refer to it as `same`. */
export function tokenOf(name: string | TokenRecipe, context: ScenarioContext): string | null {
  const token = findToken(name, context)
  context.lastToken = token
  return token
}

function findToken(name: string | TokenRecipe, context: ScenarioContext): string | null {
  const { fixtures, lastToken, clock } = context
  if (typeof name !== 'string') return fixtures.build(atTime(name, clock.time / 1000))
  switch (name) {
    case 'none':
      return null
    case 'same':
      if (lastToken === null) throw new Error('There is no earlier token')
      return lastToken
    case 't1-same-prefix-and-suffix-other-payload':
      return withOtherMiddle(fixtures.named('t1'), fixtures.withClaims({ sub: 'user-2' }))
    case 'wycheproof key tcId 9':
      return fixtures.wycheproof('exponentOne').token
    default:
      return fixtures.named(name)
  }
}

/** Replaces `now+n` in a claim by a time. */
function atTime(recipe: TokenRecipe, nowSeconds: number): TokenRecipe {
  if (recipe.payload === undefined) return recipe
  const claims = Object.entries(recipe.payload).map(([name, value]) => {
    const [, seconds] = typeof value === 'string' ? (/^now\+(\d+)$/.exec(value) ?? []) : []
    return [name, seconds === undefined ? value : nowSeconds + Number(seconds)] as const
  })
  return { ...recipe, payload: Object.fromEntries(claims) }
}

/**
 * The claims of another token with the header and signature of the first. Both start and end alike, but only the first
 * is valid.
 */
function withOtherMiddle(token: string, other: string): string {
  const [header, , signature] = token.split('.')
  const forged = [header, other.split('.')[1], signature].join('.')
  if (forged === token || forged.slice(0, 100) !== token.slice(0, 100)) throw new Error('The first 100 differ')
  if (forged.slice(-100) !== token.slice(-100)) throw new Error('The last 100 differ')
  return forged
}
