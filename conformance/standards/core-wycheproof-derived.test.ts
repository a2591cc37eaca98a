import { afterAll, describe, expect, it } from 'vitest'
import { differences } from './differences.ts'
import { judge } from './judge.ts'
import type { WrittenSettings } from './judge.ts'
import { asJwk, asKeySet, asPem } from './published-keys.ts'
import type { PublishedJwk } from './published-keys.ts'
import { Tally } from './tally.ts'
import { readWycheproof } from './wycheproof.ts'
import type { WycheproofVector } from './wycheproof.ts'

const settings = { issuer: 'https://issuer.example', audience: 'https://api.example' }
const signatures = 'wycheproof-derived/jwt_signature_test.json'
const keySets = 'wycheproof-derived/jwt_key_test.json'

/** How the keys of a vector are given to an Auth. */
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

/** Defects that no reader of the text can see: made in the signature, or in the bytes that it was made over. */
const inSignature =
  /^(re-signed:|original EM|mHash|same DB|padding1|H modified|constant|s\+n|zeros|last byte flipped|signature over|signed with \w+, header says PS512|same r\/s)/

/** The verdict that a vector asks for; null for any refusal. */
function wantedVerdict({ result, how }: WycheproofVector): string | null {
  if (result === 'valid') return 'accepted'
  return inSignature.test(how) ? 'signature_invalid' : null
}

describe('Wycheproof, derived for JWT', () => {
  describe.each(runs)('%s, %s', (path, form, toSettings) => {
    const known = differences[path]
    const tally = new Tally(`${path}, ${form}`)
    afterAll(() => console.info(String(tally)))
    const cases = readWycheproof(path).map((vector) => {
      const { tcId, comment, result } = vector
      const difference = known?.get(tcId)
      const wanted = difference?.verdict ?? wantedVerdict(vector)
      const why = difference === undefined ? '' : `, and meant to be otherwise: ${difference.why}`
      return [`${tcId} ${comment} is ${result}${why}`, vector, wanted] as const
    })

    it.each(cases)('%s', async (_title, { keys, token }, wanted) => {
      const { verdict } = await judge({ ...settings, ...(await toSettings(keys)) }, token)
      tally.add(verdict)
      if (wanted === null) expect(verdict).not.toBe('accepted')
      else expect(verdict).toBe(wanted)
    })
  })

  it('holds more than 150 defects that only the signature tells', () => {
    const wanted = readWycheproof(signatures).map(wantedVerdict)
    expect(wanted.filter((verdict) => verdict === 'signature_invalid').length).toBeGreaterThan(150)
  })

  it.each(Object.entries(differences))('%s holds the vectors that are meant to be otherwise', (path, known) => {
    const results = new Map(readWycheproof(path).map(({ tcId, result }) => [tcId, result]))
    for (const [tcId, { verdict }] of known) {
      expect(results.get(tcId)).toBe(verdict === 'accepted' ? 'invalid' : 'valid')
    }
  })
})
