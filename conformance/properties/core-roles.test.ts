import { createAuth } from '@claimcheck/core'
import type { RoleMap } from '@claimcheck/core'
import { array, asyncProperty, constant, constantFrom, json, oneof, record } from 'fast-check'
import type { Arbitrary } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryLiteral } from './arbitrary-json.ts'
import { goodClaims, hmacOptions, signHmac } from '../src/hmac-issuer.ts'
import { checkProperty } from './holds.ts'

/** A rule for the claim `it`, and the test of the claim's JSON that the rule must agree with. */
interface Declared {
  readonly rule: NonNullable<RoleMap<'assigned'>['assigned']>
  readonly shape: RegExp
}

const word = String.raw`"(?:[^"\\]|\\.)*"`
const declared: readonly Declared[] = [
  { rule: 'it', shape: /^true$/ },
  { rule: { claim: 'it', equals: true }, shape: /^true$/ },
  { rule: { claim: 'it', equals: 7 }, shape: /^7$/ },
  { rule: { claim: 'it', equals: null }, shape: /^null$/ },
  { rule: { claim: 'it', equals: 'wanted' }, shape: /^"wanted"$/ },
  { rule: { claim: 'it', equals: ['wanted'] }, shape: /^\["wanted"\]$/ },
  { rule: { claim: 'it', equals: { a: 'wanted' } }, shape: /^\{"a":"wanted"\}$/ },
  {
    rule: { claim: 'it', includes: 'wanted' },
    shape: new RegExp(String.raw`^\[(?:${word},)*"wanted"(?:,${word})*\]$`),
  },
  { rule: { claim: 'it', word: 'wanted' }, shape: /^"(?:|(?:[^"\\]|\\.)* )wanted(?:| (?:[^"\\]|\\.)*)"$/ },
]

/** Claims that are similar to the shape that a rule declares. */
const nearby = [
  'true',
  'false',
  '1',
  '7',
  '"7"',
  '"true"',
  '[true]',
  '{"assigned":true}',
  'null',
  '""',
  '[]',
  '{}',
  '"wanted"',
  '"Wanted"',
  '" wanted"',
  '"other wanted"',
  '"wanted,other"',
  '"wanted\\tother"',
  '"unwanted"',
  '"wanted other"',
  '["wanted"]',
  '["wanted",7]',
  '["other","wanted"]',
  '[["wanted"]]',
  '["wanted other"]',
  '[null,"wanted"]',
  '["WANTED"]',
  '{"0":"wanted","length":1}',
  '{"wanted":true}',
  '{"a":"wanted"}',
  '{"a":"wanted","b":1}',
  '{"a":["wanted"]}',
  '["a","wanted"]',
]
const arbitraryClaim: Arbitrary<string> = oneof(
  { weight: 3, arbitrary: constantFrom(...nearby) },
  { weight: 1, arbitrary: array(constantFrom(...nearby), { maxLength: 3 }).map((parts) => `[${parts.join(',')}]`) },
  { weight: 1, arbitrary: arbitraryLiteral.filter((text) => !text.startsWith('[[[[')) }, // too deep for a token
  { weight: 1, arbitrary: json() },
).map((text) => JSON.stringify(JSON.parse(text)))

/** Each token has its own Auth, so that nothing is cached. */
const options = { ...hmacOptions, maxTokenBytes: 65_536, cache: null } as const
const good = JSON.stringify(goodClaims).slice(0, -1)

describe('a role is assigned by the shape that its rule declares, and by no other', () => {
  it('assigns a role for the shape of a claim', async () => {
    await checkProperty(
      2500,
      asyncProperty(constantFrom(...declared), arbitraryClaim, async ({ rule, shape }, text) => {
        const roles = await rolesOf({ assigned: rule }, `,"it":${text}`)
        expect(roles).toEqual(shape.test(text) ? ['assigned'] : [])
      }),
    )
  })

  it('assigns a role for a claim at the end of a path through objects', async () => {
    const path = ['outer', 'inner'] as const
    const wraps = [
      ['{"outer":{"inner":', '}}', true],
      ['{"outer":[{"inner":', '}]}', false],
      ['{"outer":[["inner",', ']]}', false],
      ['{"outer.inner":', '}', false],
      ['{"outer":{"inner":{"inner":', '}}}', false],
      ['{"inner":', '}', false],
      ['{"__proto__":{"outer":{"inner":', '}}}', false],
    ] as const
    await checkProperty(
      1500,
      asyncProperty(constantFrom(...wraps), arbitraryClaim, async ([before, after, leads], text) => {
        const assigned = { claim: path, includes: 'wanted' }
        const roles = await rolesOf({ assigned }, `,${(before + text + after).slice(1, -1)}`)
        const isDeclared = declared.some(
          ({ rule, shape }) => typeof rule === 'object' && 'includes' in rule && shape.test(text),
        )
        expect(roles).toEqual(leads && isDeclared ? ['assigned'] : [])
      }),
    )
  })

  it('assigns no role for inherited properties', async () => {
    const inherited = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf', 'length', 'name'] as const
    const rules = (claim: string | readonly string[]) =>
      [
        { claim, equals: true },
        { claim, includes: 'wanted' },
        { claim, word: 'Object' },
        { claim, equals: 'Object' },
      ] as const
    const paths = oneof(
      constantFrom(...inherited),
      array(constantFrom(...inherited, 'it'), { minLength: 2, maxLength: 3 }),
    )
    await checkProperty(
      500,
      asyncProperty(
        paths.chain((path) => constantFrom(...rules(path))),
        constantFrom(...nearby),
        async (assigned, text) => {
          expect(await rolesOf({ assigned }, `,"it":${text}`)).toEqual([])
        },
      ),
    )
  })

  it('assigns a role for an issuer without its own map', async () => {
    const claims = record({ admin: arbitraryClaim, roles: oneof(constant(undefined), arbitraryClaim) })
    await checkProperty(
      1500,
      asyncProperty(claims, async ({ admin, roles }) => {
        const auth = createAuth(options)
        const token = signHmac(`${good},"admin":${admin}${roles === undefined ? '' : `,"roles":${roles}`}}`)
        const listed: unknown = JSON.parse(roles ?? '[]')
        const named = Array.isArray(listed) ? listed.filter((name) => typeof name === 'string') : []
        const expected = new Set([...(admin === 'true' ? ['admin'] : []), ...named])
        expect((await auth.verifyToken(token)).roles).toEqual([...expected])
      }),
    )
  })
})

async function rolesOf(roles: RoleMap<'assigned'>, members: string): Promise<readonly string[]> {
  const auth = createAuth({ ...options, roles })
  return (await auth.verifyToken(signHmac(`${good}${members}}`))).roles
}
