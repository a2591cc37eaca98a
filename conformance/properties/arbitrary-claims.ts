import { constantFrom } from 'fast-check'
import type { Arbitrary } from 'fast-check'
import { arbitraryMembers, objectText } from './arbitrary-json.ts'
import type { Member } from './arbitrary-json.ts'
import { audience, goodClaims, issuer, nowSeconds } from '../src/hmac-issuer.ts'

/** Times around now and around the bounds of the options, and some well within them. */
const moments = (...withinBounds: readonly number[]) =>
  [-3600, -65, -60, -30, -6, -5, -4.5, -1, 0, 1, 4.5, 5, 6, 30, 60, 3600, ...withinBounds].map((delta) =>
    String(nowSeconds + delta),
  )
const texts = (...values: readonly string[]) => values.map((value) => JSON.stringify(value))

/** Names that a rule reads, each with values that the rule must distinguish. */
export const claimValues: Readonly<Record<string, readonly string[]>> = {
  exp: [...moments(90, 120, 300, 600, 601, 602, 900, 3601), '1e300', '9007199254740992'],
  nbf: [...moments(-300, -120, -90, -61, -59, -2), '-1e300'],
  iat: [...moments(-55, -54, -50, -40, -20, -10, -2), '-1e300'],
  iss: texts(issuer, `${issuer}/`, 'https://other.example'),
  aud: [
    ...texts(audience, `${audience}/`),
    JSON.stringify([audience]),
    JSON.stringify([`${audience}/`]),
    JSON.stringify([audience, 7]),
    '[]',
  ],
  sub: texts('john', 'o’hara', '{}'),
  jti: texts('1', ' '),
  client_id: texts('web', 'other'),
  azp: texts('web', 'other'),
  cnf: ['{"jkt":"x"}'],
  typ: texts('ID', 'Refresh', 'Bearer'),
  at_hash: texts('x'),
  c_hash: texts('x'),
  token_use: texts('access', 'id'),
  scope: texts('read', 'read write', ' read\twrite ', 'read\r\nX-Split: 1'),
  scp: ['["read"]', '["read",7]', '"read"'],
  permissions: ['["write"]', '"write"'],
  roles: ['["admin"]', '["admin",7]', '"admin"', '{"0":"admin","length":1}'],
  admin: ['true', '1', '"true"'],
  realm_access: ['{"roles":["owner"]}', '{"roles":"owner"}', '[["roles","owner"]]'],
  tenant: ['7', '"7"', 'null', 'null', 'null'],
  ['__proto__']: ['{"admin":true}', '7'],
  constructor: ['{"prototype":{"admin":true}}'],
  toString: ['7'],
}

/** Sets of valid claims in which some were replaced, added, duplicated or removed. */
export const arbitraryClaimsText: Arbitrary<string> = arbitraryMembers(claimValues, 5).chain((members) =>
  constantFrom(...Object.keys(goodClaims), 'nothing', 'nothing', 'nothing', 'nothing').map((without) =>
    claimsText(members, without),
  ),
)

/** The JSON of valid claims in which these members replace those with the same names. */
export function claimsText(members: readonly Member[], without: string): string {
  const base = Object.fromEntries(Object.entries(goodClaims).filter(([name]) => name !== without))
  return objectText(base, members)
}
