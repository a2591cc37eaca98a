import { afterAll, describe, expect, it } from 'vitest'
import { differences } from './differences.ts'
import { judge, Tally } from './judge.ts'
import type { WrittenSettings } from './judge.ts'
import { asJwk, asKeySet, asPem } from './published-keys.ts'
import type { PublishedJwk } from './published-keys.ts'
import { readWycheproof } from './wycheproof.ts'
import type { WycheproofVector } from './wycheproof.ts'

const settings = { issuer: 'https://issuer.example', audience: 'https://api.example' }
const signatures = 'wycheproof-derived/jwt_signature_test.json'
const keySets = 'wycheproof-derived/jwt_key_test.json'

/** How the keys of a vector are passed to an Auth. */
type ToSettings = (keys: readonly PublishedJwk[]) => WrittenSettings | Promise<WrittenSettings>

const runs: readonly (readonly [path: string, form: string, toSettings: ToSettings])[] = [
  [signatures, 'keys as a set', asKeySet],
  [signatures, 'keys as a JWK', one(asJwk)],
  [signatures, 'keys as PEM', one(asPem)],
  [keySets, 'keys as a set', asKeySet],
]

function one(toSettings: (jwk: PublishedJwk) => WrittenSettings | Promise<WrittenSettings>): ToSettings {
  return (keys) => {
    const [jwk] = keys
    return jwk === undefined || jwk.kty === 'oct' ? asKeySet(keys) : toSettings(jwk)
  }
}

/** Defects that are not visible in the text, because they are in the signature or in the signed bytes. */
const inSignature =
  /^(re-signed:|original EM|mHash|same DB|padding1|H modified|constant|s\+n|zeros|last byte flipped|signature over|signed with \w+, header says PS512|same r\/s)/

/** The verdict that a vector requires; null for any rejection. */
function requiredVerdict({ result, how }: WycheproofVector): string | null {
  if (result === 'valid') return 'accepted'
  return inSignature.test(how) ? 'signature_invalid' : null
}

describe('the Wycheproof vectors derived for JWT', () => {
  describe.each(runs)('%s, %s', (path, form, toSettings) => {
    const known = differences[path]
    const tally = new Tally(`${path}, ${form}`)
    afterAll(() => console.info(String(tally)))
    const cases = readWycheproof(path).map((vector) => {
      const { tcId, comment, result } = vector
      const difference = known?.get(tcId)
      const required = difference?.verdict ?? requiredVerdict(vector)
      const why = difference === undefined ? '' : `, and meant to be otherwise: ${difference.why}`
      return [`${tcId} ${comment} is ${result}${why}`, vector, required] as const
    })

    it.each(cases)('%s', async (_title, { keys, token }, required) => {
      const { verdict } = await judge({ ...settings, ...(await toSettings(keys)) }, token)
      tally.add(verdict)
      if (required === null) expect(verdict).not.toBe('accepted')
      else expect(verdict).toBe(required)
    })
  })

  it('includes more than 150 defects that only the signature reveals', () => {
    const required = readWycheproof(signatures).map(requiredVerdict)
    expect(required.filter((verdict) => verdict === 'signature_invalid').length).toBeGreaterThan(150)
  })

  it.each(Object.entries(differences))('contains the listed exceptions: %s', (path, known) => {
    const results = new Map(readWycheproof(path).map(({ tcId, result }) => [tcId, result]))
    for (const [tcId, { verdict }] of known) {
      expect(results.get(tcId)).toBe(verdict === 'accepted' ? 'invalid' : 'valid')
    }
  })
})
