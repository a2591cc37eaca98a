import { describe, expect, it } from 'vitest'
import { loadCorpus } from '../attacks/corpus/load-corpus.ts'
import { missingFeatures } from '../attacks/corpus/decisions.ts'
import { allRequirements, documents, printDocument, readDocument } from './document.ts'
import { findFault, hasTest, testNamesIn } from './find-tests.ts'
import { contract, core } from './requirement.ts'

const { attacks } = loadCorpus()
const page = readDocument()

/** The cells of the rows of all tables with these columns. */
const rowsOf = (...columns: readonly string[]) => {
  const tables = page.split('\n\n').filter((text) => text.startsWith(`| ${columns.join(' | ')} |`))
  return tables.map((table) => table.trim().split('\n').slice(2).map(cellsOf))
}
const cellsOf = (line: string) =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim())

describe('docs/standards.md', () => {
  it('has the text that conformance/requirements generates (pnpm standards writes it)', () => {
    expect(page).toBe(printDocument(attacks))
  })

  it.each(allRequirements.map((row) => [`${row.section}, ${row.text}`, row] as const))(
    'names only tests that exist and are run: %s',
    (_title, { outcome }) => {
      expect(outcome.text).not.toBe('')
      expect(outcome.evidence.flatMap((evidence) => findFault(evidence, attacks) ?? [])).toEqual([])
    },
  )

  it('has a test in each row that is met, and a reason in every other', () => {
    const rows = rowsOf('§', 'requirement', 'claimcheck', 'tests').flat()
    expect(rows.length).toBeGreaterThan(90)
    for (const [section = '', , how = '', tests = ''] of rows) {
      const isReason = /^\*\*Not (met|applicable)\.\*\* .{20}/.test(how)
      const isTested = tests.split('<br>').every((test) => /^\[[^\]]+\]\(\.\.\/[^)]+\.ts\): ./.test(test))
      expect([section, isReason || isTested]).toEqual([section, true])
    }
  })

  it('counts the rows of each table in its summary', () => {
    const [summary = []] = rowsOf('document', 'edition', 'all', 'met', 'not applicable', 'not met')
    const tables = rowsOf('§', 'requirement', 'claimcheck', 'tests')
    const counts = tables.map((rows) => {
      const [unmet, other] = ['**Not met.**', '**Not applicable.**'].map(
        (mark) => rows.filter(([, , how = '']) => how.startsWith(mark)).length,
      )
      return [rows.length, rows.length - Number(unmet) - Number(other), other, unmet]
    })
    expect(summary.map(([, , ...cells]) => cells.map(Number))).toEqual(counts)
    expect(counts).toHaveLength(documents.length)
  })
})

describe('findFault', () => {
  const faultOf = (file: string, name: string) => findFault({ file, name }, attacks)

  it('accepts the name of a test, of one case of a table, and of a request of the contract', () => {
    for (const evidence of [
      core('claims.test.ts', 'rejects a token without an iss'),
      core('malformed-jwe.test.ts', 'rejects as malformed a JWE with an epk of zeros'),
      contract('token-rejections.ts', 'rejects an expired token'),
    ])
      expect(findFault(evidence, attacks)).toBeNull()
  })

  it('reports a file that does not exist or contains no tests, and a test that is not in its file', () => {
    const name = 'rejects a token without an iss'
    expect(faultOf('packages/core/test/no.test.ts', name)).toContain('no file')
    expect(faultOf('packages/core/test/tokens.ts', name)).toContain('not a file of tests')
    for (const other of ['', 'rejects a token', `${name} `, 'rejects as malformed a JWE with nothing'])
      expect(faultOf('packages/core/test/claims.test.ts', other)).toContain('has no test')
    expect(faultOf('packages/core/test/malformed-jwe.test.ts', 'rejects as malformed a JWE with ')).toContain('no test')
    expect(faultOf('packages/testing/src/contract/request-rejections.ts', 'rejects an expired token')).not.toBeNull()
    expect(faultOf('packages/testing/src/contract/token-rejections.ts', 'accepts an expired token')).not.toBeNull()
  })

  it('reports a case that the corpus does not contain, and one that is not run', () => {
    expect(findFault({ id: 'NONE-02' }, attacks)).toBeNull()
    expect(findFault({ id: 'NONE-99' }, attacks)).toBe('the corpus has no case NONE-99')
    const [id = ''] = missingFeatures.flatMap(({ ids }) => ids)
    expect(findFault({ id }, attacks)).toBe(`the case ${id} is not run`)
  })
})

describe('testNamesIn', () => {
  it('returns the names of tests, and not those in comments or of skipped tests', () => {
    const source = [
      "it('one', () => {})",
      "  it.each([f('x', (1))])('two %s', (x) => {})",
      'it.each<readonly [string]>([\n  [`a`],\n])(\n  `three`,\n  () => {},\n)',
      "it.skipIf(!can())(\n  'four', async () => {})",
      String.raw`it('five\'s', () => {})`,
      "// it('comment', () => {})",
      "it.skip('skipped', () => {})\nit.todo('planned')",
      "expect(emit('call', 1))",
    ].join('\n')
    expect(testNamesIn(source)).toEqual(['one', 'two %s', 'three', 'four', "five's"])
  })

  it('does not take a string of a table for a test', () => {
    const source = "it.each(['a'])('rejects %s', () => {})\nconst other = 'rejects b'"
    const named = (name: string) => hasTest(source, { file: 'x.test.ts', name })
    expect([named('rejects a'), named('rejects b'), named('a')]).toEqual([true, false, false])
  })
})
