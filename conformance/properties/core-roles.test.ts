import { createAuth } from '@claimcheck/core'
import type { RoleMap } from '@claimcheck/core'
import { array, asyncProperty, constant, constantFrom, json, oneof, record } from 'fast-check'
import type { Arbitrary } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryLiteral } from './arbitrary-json.ts'
import { goodClaims, hmacOptions, signHmac } from './hmac-issuer.ts'
import { holds } from './holds.ts'

/** A rule on the claim `it`, and the one shape that gives its role: a test of the text of the claim, not of its value. */
interface Declared {
  readonly rule: NonNullable<RoleMap<'given'>['given']>
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

/** Claims that are next to a shape that a rule declares. */
const nearby = [
  'true',
  'false',
  '1',
  '7',
  '"7"',
  '"true"',
  '[true]',
  '{"given":true}',
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

/** An Auth is made for each token, so that there is nothing to remember. */
const options = { ...hmacOptions, maxTokenBytes: 65_536, cache: null } as const
const good = JSON.stringify(goodClaims).slice(0, -1)

describe('a role is given by the shape that its rule declares, and by nothing else', () => {
  it('in a claim of its own', async () => {
    await holds(
      2500,
      asyncProperty(constantFrom(...declared), arbitraryClaim, async ({ rule, shape }, text) => {
        const roles = await rolesOf({ given: rule }, `,"it":${text}`)
        expect(roles).toEqual(shape.test(text) ? ['given'] : [])
      }),
    )
  })

  it('at the end of a path, through objects alone', async () => {
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
    await holds(
      1500,
      asyncProperty(constantFrom(...wraps), arbitraryClaim, async ([before, after, leads], text) => {
        const given = { claim: path, includes: 'wanted' }
        const roles = await rolesOf({ given }, `,${(before + text + after).slice(1, -1)}`)
        const isDeclared = declared.some(
          ({ rule, shape }) => typeof rule === 'object' && 'includes' in rule && shape.test(text),
        )
        expect(roles).toEqual(leads && isDeclared ? ['given'] : [])
      }),
    )
  })

  it('never by what every object has', async () => {
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
    await holds(
      500,
      asyncProperty(
        paths.chain((path) => constantFrom(...rules(path))),
        constantFrom(...nearby),
        async (given, text) => {
          expect(await rolesOf({ given }, `,"it":${text}`)).toEqual([])
        },
      ),
    )
  })

  it('for the issuer that has no map, too', async () => {
    const claims = record({ admin: arbitraryClaim, roles: oneof(constant(undefined), arbitraryClaim) })
    await holds(
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

async function rolesOf(roles: RoleMap<'given'>, members: string): Promise<readonly string[]> {
  const auth = createAuth({ ...options, roles })
  return (await auth.verifyToken(signHmac(`${good}${members}}`))).roles
}
