import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { acceptedCases, rejectionCases } from '@claimcheck/testing/contract/rejections'
import { root } from '../documentation/pages.ts'
import { isRun } from '../attacks/corpus/decisions.ts'
import type { AttackCase } from '../attacks/corpus/attack-case.ts'
import type { Evidence, NamedTest } from './requirement.ts'

/** Folders of tests that are functions, and the file that runs them. */
const sharedTests: Readonly<Record<string, string>> = {
  'conformance/advisories/': 'conformance/advisories/core-advisories.test.ts',
  'conformance/stores/': 'conformance/stores/embedded-sessions.test.ts',
  'packages/testing/src/contract/': 'conformance/test/contract.test.ts',
}

/** Says why a row cannot refer to a test, or returns null: its file is not run, or has no test of this name. */
export function findFault(evidence: Evidence, attacks: readonly AttackCase[]): string | null {
  if ('id' in evidence) {
    const { id } = evidence
    if (!attacks.some((attack) => attack.id === id)) return `the corpus has no case ${id}`
    return isRun(id) ? null : `the case ${id} is not run`
  }
  const { file, name } = evidence
  if (!existsSync(join(root, file))) return `there is no file ${file}`
  if (!isTestFile(file)) return `${file} is not a file of tests`
  return hasTest(readFileSync(join(root, file), 'utf8'), evidence) ? null : `${file} has no test "${name}"`
}

function isTestFile(file: string): boolean {
  if (/\.(test|long)\.ts$/.test(file)) return true
  return Object.keys(sharedTests).some((folder) => file.startsWith(folder))
}

/** `it('…'`, and the name after `it.each(…)`; not `it.skip('…'` or `it.todo('…'`. */
const declared =
  /(?:^|[^.\w])(?:it|test|it\.(?:each|skipIf)(?:<[^]*?>)?\([^]*?\))\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1,/gm

/** The names of the tests in a source, as they are written there. */
export function testNamesIn(source: string): readonly string[] {
  const code = source.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '')
  return Array.from(code.matchAll(declared), ([, , name = '']) => name.replaceAll(/\\(['"`])/g, '$1'))
}

/**
 * Whether a source has the test: by its name, by the name of one case of an `it.each`, whose parameter is a string in the same
 * file, or by that of a request of the contract.
 */
export function hasTest(source: string, { file, name }: NamedTest): boolean {
  const names = testNamesIn(source)
  if (names.includes(name)) return true
  if (names.some((pattern) => isCaseOf(pattern, name, source))) return true
  return file.startsWith('packages/testing/src/contract/') && requestNames().has(name) && hasRequest(source, name)
}

function isCaseOf(pattern: string, name: string, source: string): boolean {
  if (pattern.split('%s').length !== 2) return false
  const [before = '', after = ''] = pattern.split('%s')
  if (!name.startsWith(before) || !name.endsWith(after) || name.length <= before.length + after.length) return false
  return source.includes(`'${name.slice(before.length, name.length - after.length)}'`)
}

/** The names of the tests that `rejections.ts` of the contract declares for its requests. */
function requestNames(): ReadonlySet<string> {
  return new Set([
    ...rejectionCases.map((request) => `rejects ${request.name}`),
    ...acceptedCases.map((request) => `accepts ${request.name}`),
  ])
}

function hasRequest(source: string, name: string): boolean {
  return source.includes(`name: '${name.replace(/^(rejects|accepts) /, '')}'`)
}
