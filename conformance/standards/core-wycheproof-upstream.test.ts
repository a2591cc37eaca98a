import { afterAll, describe, expect, it } from 'vitest'
import { errata, withoutTwin } from './differences.ts'
import { judge, Tally } from './judge.ts'
import type { Verdict } from './judge.ts'
import { asKeySet } from './published-keys.ts'
import { readWycheproof } from './wycheproof.ts'
import type { WycheproofVector } from './wycheproof.ts'

const settings = { issuer: null, audience: null, maxLifetimeSeconds: null }
const signatures = 'wycheproof/json_web_signature_test.json'

const files = [
  signatures,
  'wycheproof/json_web_key_test.json',
  'wycheproof/json_web_crypto_test.json',
  'wycheproof/json_web_encryption_test.json',
]

const named = (vectors: readonly WycheproofVector[]) =>
  vectors.map((vector) => [`${vector.tcId} ${vector.comment} (${vector.result})`, vector] as const)

/** The secret of RFC 7520, in two groups. */
const publishedSecrets = [348, 352]

/** The required verdict; null for any rejection. */
function requiredVerdict(path: string, { tcId, result, erratum }: WycheproofVector): Verdict | null {
  if (erratum !== null) return errata.get(tcId)?.verdict ?? null
  if (path === signatures && publishedSecrets.includes(tcId)) return 'configuration'
  return result === 'valid' ? 'token_malformed' : null
}

/**
 * No vector is a JWT, because none has a JSON object as its payload. A valid one must be rejected because of its
 * payload. The derived vector with its number shows that its signature is valid.
 */
describe('the upstream vectors of Wycheproof', () => {
  describe.each(files)('%s', (path) => {
    const vectors = readWycheproof(path)
    const jws = vectors.filter(({ isJwe }) => !isJwe)
    const jwe = vectors.filter(({ isJwe }) => isJwe)
    const tally = new Tally(path)
    afterAll(() => console.info(String(tally)))

    it.runIf(jws.length > 0).each(named(jws))('rejects JWS %s', async (_title, vector) => {
      const { verdict, detail } = await judge({ ...settings, ...asKeySet(vector.keys) }, vector.token)
      tally.add(verdict)
      const required = requiredVerdict(path, vector)
      if (required === null) expect(verdict).not.toBe('accepted')
      else expect(verdict).toBe(required)
      if (vector.result === 'valid' && verdict === 'token_malformed' && vector.erratum === null) {
        expect(detail).toMatch(/^the payload is not /)
      }
    })

    it.runIf(jwe.length > 0).each(named(jwe))('rejects JWE %s and its key', async (_title, vector) => {
      const keys = await judge({ ...settings, ...asKeySet(vector.keys) }, vector.token)
      expect(keys.verdict).toBe('configuration')
      const { verdict } = await judge(
        { ...settings, keys: { secret: 'a secret of the test, of 32 bytes' } },
        vector.token,
      )
      tally.add(verdict)
      expect(verdict).toBe('token_malformed')
    })
  })

  it('has a derived vector for each signature vector, or states what replaces it', () => {
    const derived = new Set(readWycheproof('wycheproof-derived/jwt_signature_test.json').map(({ tcId }) => tcId))
    const alone = readWycheproof(signatures).filter(({ tcId }) => !derived.has(tcId))
    expect(alone.map(({ tcId }) => tcId)).toEqual([...withoutTwin.keys()])
  })

  it('states the verdict for each erratum', () => {
    const found = files.flatMap(readWycheproof).filter(({ erratum }) => erratum !== null)
    expect(found.map(({ tcId }) => tcId)).toEqual([...errata.keys()])
  })
})
