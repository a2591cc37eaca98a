import { afterAll, describe, expect, it, vi } from 'vitest'
import { AttackRun } from './attack-run.ts'
import type { AttackCase } from './corpus/attack-case.ts'
import { decisions } from './corpus/decisions.ts'
import { loadCorpus } from './corpus/load-corpus.ts'
import { parseTable, readDocument } from './document.ts'
import type { AttackTarget, Column } from './targets/attack-target.ts'
import type { Scores } from './document.ts'

const verbs = { accept: 'accepts', reject: 'rejects', 'reject-config': 'fails to start with' } as const
const emitWarning = process.emitWarning.bind(process) as (...values: readonly unknown[]) => void

// Hide the warnings about ignored keys, which the corpus causes on purpose. All other warnings are checked.
vi.spyOn(process, 'emitWarning').mockImplementation((...values: readonly unknown[]) => {
  if (values[1] !== 'ClaimcheckWarning') emitWarning(...values)
})

const loadSteps: ReadonlySet<string> = new Set(['flood', 'concurrent', 'inspect'])

/** Declares a test for each case on each target, and one that compares the counts with the documentation. */
export function testAttacks(targets: readonly AttackTarget[]): void {
  const run = openRun(targets)
  for (const target of run.targets) {
    describe(target.name, () => {
      testCases(run, target, run.casesOf(target))
      describe('with decryption keys', () => testCases(run, target, encryptedCases(run, target)))
    })
  }

  it.each([...new Set(run.targets.map(({ column }) => column))])(
    'matches its counts in docs/conformance.md: %s',
    async (column) => {
      expect(columnOf(await run.scores(), column)).toEqual(columnOf(parseTable(readDocument()), column))
    },
  )
}

/** Declares a fixed sample: of each class, the first accepted case and the first two rejected ones. */
export function testSampleOfAttacks(targets: readonly AttackTarget[]): void {
  const run = openRun(targets)
  for (const target of run.targets) {
    const seen = new Map<string, number>()
    const isOfSample = ({ class: ofClass, expected: { verdict } }: AttackCase) => {
      const key = `${ofClass} ${verdict === 'accept'}`
      const count = (seen.get(key) ?? 0) + 1
      seen.set(key, count)
      return count <= (verdict === 'accept' ? 1 : 2)
    }
    const sample = run.casesOf(target).filter(isOfSample)
    describe(`${target.name}, a sample`, () => testCases(run, target, sample))
  }
}

/** Declares the cases of floods and concurrent requests at full size. */
export function testLongAttacks(targets: readonly AttackTarget[]): void {
  const run = openRun(targets, { isLong: true })
  for (const target of run.targets) {
    const cases = run.casesOf(target).filter(({ recipe }) => recipe.scenario?.some((step) => loadSteps.has(step.do)))
    describe(target.name, () => testCases(run, target, cases))
  }
}

/** Creates a run that is closed after the tests of the file. */
function openRun(targets: readonly AttackTarget[], { isLong = false } = {}): AttackRun {
  const run = new AttackRun(loadCorpus(), targets, { isLong })
  afterAll(() => run.close())
  return run
}

/** The cases about encryption, repeated on a server that has decryption keys. */
function encryptedCases(run: AttackRun, target: AttackTarget): readonly AttackCase[] {
  return run
    .casesOf(target)
    .filter((attack) => attack.class === 'jwe')
    .map((attack) => ({ ...attack, id: `${attack.id} (P-JWE)`, recipe: { ...attack.recipe, policy: 'P-JWE' } }))
}

function testCases(run: AttackRun, target: AttackTarget, cases: readonly AttackCase[]): void {
  describe.each([...new Set(cases.map((attack) => attack.class))])('%s', (name) => {
    const ofClass = cases.filter((attack) => attack.class === name)
    it.each(ofClass.map((attack) => [titleOf(attack), attack] as const))('%s', async (_title, attack) => {
      expect(await run.problemsOf(attack, target)).toEqual([])
    })
  })
}

function titleOf({ id, description, expected }: AttackCase): string {
  const { verdict, preferred = 'reject' } = expected
  return `${verbs[decisions[id]?.takes ?? (verdict === 'either' ? preferred : verdict)]} ${id}: ${description}`
}

function columnOf(scores: Scores, column: Column): unknown {
  return [...scores].flatMap(([name, ofClass]) => (ofClass.has(column) ? [[name, ofClass.get(column)]] : []))
}
