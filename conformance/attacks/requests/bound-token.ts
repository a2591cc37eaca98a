import { createHash } from 'node:crypto'
import type { AttackRecipe } from '../corpus/attack-case.ts'
import type { TokenFixtures } from '../tokens/token-shelf.ts'

/** The token of a case about proof of possession, bound to a key (RFC 7800); null for other cases. */
export function boundToken({ http, mtls }: AttackRecipe, shelf: TokenFixtures): string | null {
  if (mtls !== undefined) return shelf.withClaims({ cnf: mtls['cnfOther'] })
  if (http?.proof === undefined) return null
  const { crv, kty, x, y } = shelf.ring.publicJwk('dpop-1')
  // The members of an EC key, in this order (RFC 7638).
  const jkt = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
  return shelf.withClaims({ cnf: { jkt } })
}
