import type { Verdict } from './judge.ts'

/** A verdict that differs on purpose from the one of the vector, with the reason. */
export interface Difference {
  readonly verdict: Verdict
  readonly why: string
}

type Differences = ReadonlyMap<number, Difference>

const published = 'RFC 7520 publishes the key, so anyone can sign with it: it is rejected as a secret'
const secretsHaveNoNames = 'secrets are a list without names, to rotate them; the operator wrote both, and either signs'
const roca = 'keys of one faulty chip (CVE-2017-15361) are not looked for: the issuer has to withdraw such a key'

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
  [359, 'a MAC whose text has special characters: only the original payload gives it'],
])

/** Upstream vectors with an erratum, and their verdicts. */
export const errata: ReadonlyMap<number, Difference> = new Map([
  [347, { verdict: 'configuration', why: 'the key names an algorithm that there is not; derived 347 has it repaired' }],
  [351, { verdict: 'configuration', why: 'as 347' }],
  [367, { verdict: 'token_malformed', why: 'the padding of its title is missing; derived 367 has it' }],
  [370, { verdict: 'token_malformed', why: 'as 367' }],
  [372, { verdict: 'token_malformed', why: 'labelled valid, with a character in it that base64url has not' }],
])
