import { constantFrom, oneof, record } from 'fast-check'
import type { Arbitrary } from 'fast-check'
import { arbitraryMembers, objectText } from './arbitrary-json.ts'
import type { Member } from './arbitrary-json.ts'
import { claimsText, claimValues } from './arbitrary-claims.ts'
import { audience, goodClaims, issuer, signHmac } from '../src/hmac-issuer.ts'

/** Rules that both claimcheck and jose have. */
export interface Settings {
  readonly issuer: string | null
  readonly audience: readonly string[] | null
  readonly typ: string | null
  readonly requiredClaims: readonly string[]
  readonly maxTokenAgeSeconds: number | null
  readonly clockToleranceSeconds: number
  /** Whether a token without `exp` is rejected. */
  readonly needsExp: boolean
}

/** A signed token with the parts that it was created from, and the options that it is judged by. */
export interface ClaimSet {
  readonly token: string
  readonly settings: Settings
  /** The content of the parts as the platform's parser reads it; null if it rejects them. */
  readonly header: object | null
  readonly claims: object | null
  /** The names in the text, including duplicates. */
  readonly headerNames: readonly string[]
  readonly claimNames: readonly string[]
  readonly payload: Uint8Array
}

const headerValues: Readonly<Record<string, readonly string[]>> = {
  typ: ['"JWT"', '"jwt"', '"at+jwt"', '"application/AT+JWT"', '"dpop+jwt"', '"application/jwt"', '"text/jwt"', '""'],
  kid: ['"x"', '""'],
  crit: ['["exp"]', '[]', '["b64"]', '["b64","b64"]'],
  b64: ['true', 'false'],
  zip: ['"DEF"'],
  cty: ['"JWT"'],
  alg: ['"HS256"', '"none"', '"HS384"'],
}

const arbitrarySettings: Arbitrary<Settings> = record({
  issuer: constantFrom(issuer, issuer, null),
  audience: constantFrom([audience], [audience], ['https://b.example', audience], null),
  typ: constantFrom(null, null, null, null, null, 'JWT', 'at+jwt', 'application/at+jwt'),
  requiredClaims: oneof(
    { weight: 3, arbitrary: constantFrom([]) },
    constantFrom(
      ['sub'],
      ['exp', 'iat'],
      ['jti'],
      ['nbf', 'sub'],
      ['tenant'],
      ['tenant'],
      ['tenant'],
      ['tenant'],
      ['toString'],
      ['__proto__'],
    ),
  ),
  maxTokenAgeSeconds: constantFrom(null, null, null, 60, 55, 3600),
  clockToleranceSeconds: constantFrom(0, 5, 30, 300),
  needsExp: constantFrom(true, true, false),
})

type Write = (text: string) => Uint8Array

/** How the payload is encoded: as UTF-8, with a byte order mark, or with one byte per character. */
const writings: readonly Write[] = [
  ...Array.from({ length: 30 }, (): Write => (text) => Buffer.from(text)),
  (text) => Buffer.from(`\uFEFF${text}`),
  (text) => Buffer.from(text, 'latin1'),
  (text) => Buffer.from(text + ' '.repeat(7000)),
]

/** Signed tokens with valid, invalid and unusual claims and headers, and various options. */
export const arbitraryClaimSet: Arbitrary<ClaimSet> = record({
  settings: arbitrarySettings,
  headerMembers: oneof({ weight: 6, arbitrary: arbitraryMembers(headerValues, 1) }, arbitraryMembers(headerValues, 3)),
  members: arbitraryMembers(claimValues, 4),
  without: constantFrom(...Object.keys(goodClaims), ...Array.from({ length: 20 }, () => 'nothing')),
  write: constantFrom(...writings),
}).map(({ settings, headerMembers, members, without, write }) => {
  const headerText = objectText({ alg: 'HS256' }, headerMembers)
  const payload = write(claimsText(members, without))
  return {
    token: signHmac(payload, headerText),
    settings,
    header: parse(headerText),
    claims: parse(new TextDecoder().decode(payload)),
    headerNames: namesOf(headerMembers),
    claimNames: namesOf(members),
    payload,
  }
})

function namesOf(members: readonly Member[]): readonly string[] {
  return members.map(({ name }) => name)
}

function parse(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}
