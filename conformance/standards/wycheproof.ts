import { z } from 'zod'
import { publishedJwk } from './published-keys.ts'
import type { PublishedJwk } from './published-keys.ts'
import { readVectors } from './vector-files.ts'

const keys = z.union([
  z.object({ keys: z.array(publishedJwk) }).transform((set) => set.keys),
  publishedJwk.transform((jwk) => [jwk]),
])

const vector = z.object({
  tcId: z.number(),
  comment: z.string(),
  result: z.enum(['valid', 'invalid']),
  jwt: z.string().optional(),
  jws: z.union([z.string(), z.looseObject({})]).optional(),
  jwe: z.union([z.string(), z.looseObject({})]).optional(),
  /** For derived vectors: how the defect was reproduced. */
  how: z.string().optional(),
  /** For upstream vectors: what is wrong with the vector itself. */
  erratum: z.string().optional(),
})

const group = z.object({
  private: keys.optional(),
  public: keys.optional(),
  tests: z.array(vector),
})

const file = z.object({ numberOfTests: z.number(), testGroups: z.array(group) })

/** A vector as it is run: a token with its keys. */
export interface WycheproofVector {
  readonly tcId: number
  readonly comment: string
  readonly result: 'valid' | 'invalid'
  readonly token: string
  readonly isJwe: boolean
  readonly how: string
  readonly erratum: string | null
  /** The keys of the verifier: the public ones, or the secrets if there are none. */
  readonly keys: readonly PublishedJwk[]
  /** The keys that signed the token, or decrypt it: private keys, or the secrets. */
  readonly privateKeys: readonly PublishedJwk[]
}

/** Reads the vectors of a Wycheproof file, and checks their number. */
export function readWycheproof(path: string): readonly WycheproofVector[] {
  const { numberOfTests, testGroups } = readVectors(path, file)
  const vectors = testGroups.flatMap((entry) => entry.tests.map((test) => toVector(test, entry)))
  if (vectors.length === numberOfTests) return vectors
  throw new Error(`${path} holds ${vectors.length} vectors, and says ${numberOfTests}`)
}

function toVector(test: z.infer<typeof vector>, from: z.infer<typeof group>): WycheproofVector {
  const { tcId, comment, result, how = '', erratum = null } = test
  const token = test.jwt ?? test.jws ?? test.jwe
  const forVerifiers = from.public ?? from.private
  if (token === undefined || forVerifiers === undefined) throw new Error(`Vector ${tcId} has no token or no key`)
  return {
    tcId,
    comment,
    result,
    // A vector that is not in compact form can only be sent as text.
    token: typeof token === 'string' ? token : JSON.stringify(token),
    isJwe: test.jwe !== undefined,
    how,
    erratum,
    keys: forVerifiers,
    privateKeys: from.private ?? [],
  }
}
