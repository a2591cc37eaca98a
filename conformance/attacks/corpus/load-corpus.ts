import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { attackCase } from './attack-case.ts'
import type { AttackCase } from './attack-case.ts'

const folder = new URL('../../vectors/', import.meta.url)

const jsonObject = z.record(z.string(), z.unknown())

const attacksFile = z.object({ count: z.number(), attacks: z.array(attackCase) })
const keysFile = z.object({ keys: z.record(z.string(), jsonObject), certificates: z.record(z.string(), z.string()) })
const tokensFile = z.object({
  base: z.object({ header: jsonObject, claims: jsonObject }),
  good: z.string(),
  bad: z.string(),
  tokens: z.array(z.object({ id: z.string(), bytes: z.number(), token: z.string().nullable() })),
})
const wycheproofFile = z.object({
  testGroups: z.array(
    z.object({
      comment: z.string(),
      public: z.object({ keys: z.array(jsonObject) }).optional(),
      tests: z.array(z.object({ tcId: z.number(), jwt: z.string() })),
    }),
  ),
})

export type Jwk = Readonly<Record<string, unknown>>
export type Tokens = Readonly<z.infer<typeof tokensFile>>
type WycheproofGroup = z.infer<typeof wycheproofFile>['testGroups'][number]

/** The contents of the attack corpus. */
export interface Corpus {
  readonly attacks: readonly AttackCase[]
  readonly tokens: Tokens
  readonly keys: Readonly<Record<string, Jwk>>
  readonly certificates: Readonly<Record<string, string>>
  readonly wycheproofKeys: readonly WycheproofGroup[]
}

/** Reads the corpus of `conformance/vectors`. */
export function loadCorpus(): Corpus {
  const { count, attacks } = read('attacks.json', attacksFile)
  if (count !== attacks.length) throw new Error(`attacks.json states ${count} cases and contains ${attacks.length}`)
  const { keys, certificates } = read('attack-keys.json', keysFile)
  const wycheproof = read('wycheproof-derived/jwt_key_test.json', wycheproofFile)
  const tokens = read('attack-tokens.json', tokensFile)
  return { attacks, tokens, keys, certificates, wycheproofKeys: wycheproof.testGroups }
}

function read<T>(name: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8')))
}
