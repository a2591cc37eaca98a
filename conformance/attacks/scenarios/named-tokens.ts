import type { TokenRecipe } from '../corpus/token-recipe.ts'
import type { ScenarioContext } from './world.ts'

/** The token that a step means; null for a request without one. It is `same` from then on. */
export function tokenOf(name: string | TokenRecipe, world: ScenarioContext): string | null {
  const token = findToken(name, world)
  world.lastToken = token
  return token
}

function findToken(name: string | TokenRecipe, world: ScenarioContext): string | null {
  const { shelf, lastToken, clock } = world
  if (typeof name !== 'string') return shelf.build(atTime(name, clock.time / 1000))
  switch (name) {
    case 'none':
      return null
    case 'same':
      if (lastToken === null) throw new Error('No token came before')
      return lastToken
    case 't1-same-prefix-and-suffix-other-payload':
      return withOtherMiddle(shelf.named('t1'), shelf.withClaims({ sub: 'user-2' }))
    case 'wycheproof key tcId 9':
      return shelf.wycheproof('exponentOne').token
    default:
      return shelf.named(name)
  }
}

/** `now+n` in a claim stands for a time. */
function atTime(recipe: TokenRecipe, nowSeconds: number): TokenRecipe {
  if (recipe.payload === undefined) return recipe
  const claims = Object.entries(recipe.payload).map(([name, value]) => {
    const [, seconds] = typeof value === 'string' ? (/^now\+(\d+)$/.exec(value) ?? []) : []
    return [name, seconds === undefined ? value : nowSeconds + Number(seconds)] as const
  })
  return { ...recipe, payload: Object.fromEntries(claims) }
}

/** The claims of another under the header and the signature of the first: the ends are alike, and only the first holds. */
function withOtherMiddle(token: string, other: string): string {
  const [header, , signature] = token.split('.')
  const forged = [header, other.split('.')[1], signature].join('.')
  if (forged === token || forged.slice(0, 100) !== token.slice(0, 100)) throw new Error('The first 100 differ')
  if (forged.slice(-100) !== token.slice(-100)) throw new Error('The last 100 differ')
  return forged
}
