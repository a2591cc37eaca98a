import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { joseExamples } from './rfc-examples.ts'
import { vectorFiles } from './vector-files.ts'

/**
 * The files of vectors that each test reads. The source of the test is searched, so that an omitted file is detected.
 */
const readers: Readonly<Record<string, readonly string[]>> = {
  'core-wycheproof-derived.test.ts': [
    'wycheproof-derived/jwt_key_test.json',
    'wycheproof-derived/jwt_signature_test.json',
  ],
  'core-wycheproof-upstream.test.ts': [
    'wycheproof/json_web_crypto_test.json',
    'wycheproof/json_web_encryption_test.json',
    'wycheproof/json_web_key_test.json',
    'wycheproof/json_web_signature_test.json',
  ],
  'rfc-examples.ts': ['rfc/rfc7515_7517_7520_7638.json', 'rfc/rfc7516.json', 'rfc/rfc7519.json'],
  'core-rfc-claims.test.ts': [
    'rfc/rfc8417_set_and_logout.json',
    'rfc/rfc8705_mtls.json',
    'rfc/rfc9068_access_token.json',
    'rfc/rfc9449_dpop.json',
  ],
}

/** `rfc-examples.ts` reads the whole folder. */
const isOfCookbook = (path: string) => path.startsWith('cookbook/')

/** The members of the JOSE examples that are used. */
const members = ['jwk', 'jwkset', 'jwsc', 'jwsf', 'jwsg', 'jwec', 'jwef', 'jweg']

const membersNotRun: Readonly<Record<string, string>> = {
  thp: 'the thumbprint of RFC 7638: core makes none',
  pt: 'what a JWE decrypts to: none of them is by the algorithms that core decrypts',
  pwd: 'the password of a JWE',
  payl: 'the detached payload of RFC 7520 4.5: a JWT has its own',
}

const notRun: Readonly<Record<string, string>> = {
  'rfc/rfc9728_protected_resource_metadata.json': 'core serves no metadata of a protected resource',
}

describe('the vector files', () => {
  it('uses all files, or lists them with a reason', () => {
    const found = vectorFiles('wycheproof', 'wycheproof-derived', 'cookbook', 'rfc').filter(
      (path) => !isOfCookbook(path),
    )
    expect([...Object.values(readers).flat(), ...Object.keys(notRun)].toSorted()).toEqual(found.toSorted())
  })

  it('uses each example completely, up to its last member', () => {
    const found = new Set([...joseExamples().values()].flatMap(Object.keys))
    expect([...members, ...Object.keys(membersNotRun)].toSorted()).toEqual([...found].toSorted())
  })

  it.each(Object.entries(readers))('finds the names of the files in %s', (reader, paths) => {
    const text = readFileSync(new URL(reader, import.meta.url), 'utf8')
    expect(paths.filter((path) => !text.includes(`'${path}'`))).toEqual([])
  })

  it('describes all files in the README of their folder, with source and license', () => {
    const readme = readFileSync(new URL('../vectors/README.md', import.meta.url), 'utf8')
    const rows = readme.split('\n').filter((line) => line.startsWith('| `'))
    const described = rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    )
    const there = readdirSync(new URL('../vectors/', import.meta.url), { withFileTypes: true })
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .filter((name) => name !== 'README.md')
    expect(new Set(described)).toEqual(new Set(there))
  })
})
