import type { Verdict } from './judge.ts'

/** A verdict that differs on purpose from the one of the vector, with the reason. */
export interface Difference {
  readonly verdict: Verdict
  readonly why: string
}

type Differences = ReadonlyMap<number, Difference>

const published = 'RFC 7520 publishes this secret, so anyone can sign with it, and claimcheck refuses to start with it'
const secretsHaveNoNames = 'secrets are a list without names, for rotation, and each secret in the list may sign'
const roca = 'claimcheck does not detect keys of a faulty chip (CVE-2017-15361), so the issuer must withdraw such a key'

/** By the file of the vectors and their `tcId`. */
export const differences: Readonly<Record<string, Differences>> = {
  'wycheproof-derived/jwt_signature_test.json': new Map([[348, { verdict: 'configuration', why: published }]]),
  'wycheproof-derived/jwt_key_test.json': new Map([
    [4, { verdict: 'accepted', why: secretsHaveNoNames }],
    [7, { verdict: 'accepted', why: roca }],
  ]),
}

/** Upstream signature vectors without a derived one, and what replaces them. */
export const withoutTwin: ReadonlyMap<number, string> = new Map([
  ...[260, 261, 262, 263].map((id) => [id, 'RS256 over other payloads; derived 345 and 349 are RS256'] as const),
  [267, 'RS384 over another payload; derived 264 is RS384'],
  [271, 'RS512 over another payload; derived 268 is RS512'],
  [291, 'a padding byte changed; derived 289 changes another'],
  ...[296, 297, 299].map((id) => [id, 'a byte of the hash changed; derived 292 and 294 change others'] as const),
  [306, 'a byte of the salt changed; derived 300 to 305 change the encoded message likewise'],
  [352, 'the key and payload of 348'],
  [359, 'a MAC with special characters in its base64url string, which only the original payload has'],
])

/** Upstream vectors with an erratum, and their verdicts. */
export const errata: ReadonlyMap<number, Difference> = new Map([
  [
    347,
    {
      verdict: 'configuration',
      why: 'the key names an algorithm that does not exist; derived 347 has the correct name',
    },
  ],
  [351, { verdict: 'configuration', why: 'as 347' }],
  [367, { verdict: 'token_malformed', why: 'the padding of its title is missing; derived 367 has it' }],
  [370, { verdict: 'token_malformed', why: 'as 367' }],
  [372, { verdict: 'token_malformed', why: 'labelled valid, but it contains a character that is not base64url' }],
])
