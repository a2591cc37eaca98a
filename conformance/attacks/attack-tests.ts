import { afterAll, describe, expect, it, vi } from 'vitest'
import { AttackRun } from './attack-run.ts'
import type { AttackCase } from './corpus/attack-case.ts'
import { decisions } from './corpus/decisions.ts'
import { loadCorpus } from './corpus/load-corpus.ts'
import { readDocument } from './document.ts'
import type { AttackTarget, Column } from './servers/attack-target.ts'
import { parseTable } from './table.ts'
import type { Scores } from './table.ts'

const verbs = { accept: 'accepts', reject: 'refuses', 'reject-config': 'does not start with' } as const
const emitWarning = process.emitWarning.bind(process) as (...given: readonly unknown[]) => void

// That a key was left out is told once a set, and not here; whatever else is warned of is looked at.
vi.spyOn(process, 'emitWarning').mockImplementation((...given: readonly unknown[]) => {
  if (given[1] !== 'ClaimcheckWarning') emitWarning(...given)
})

const ofCrowds: ReadonlySet<string> = new Set(['flood', 'concurrent', 'inspect'])

/** Declares a test for each case on each of the targets, and one for what the documentation says of them. */
export function testAttacks(targets: readonly AttackTarget[]): void {
  const run = openRun(targets)
  for (const target of run.targets) {
    describe(target.name, () => {
      testCases(run, target, run.casesOf(target))
      describe('where tokens are encrypted', () => testCases(run, target, encryptedCases(run, target)))
    })
  }

  it.each([...new Set(run.targets.map(({ column }) => column))])(
    'are counted in docs/conformance.md: %s',
    async (column) => {
      expect(columnOf(await run.scores(), column)).toEqual(columnOf(parseTable(readDocument()), column))
    },
  )
}

/** Declares the first case that is accepted and the first two that are not, of each class: the same ones every time. */
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

/** Declares the cases of floods and crowds, at their full size. */
export function testLongAttacks(targets: readonly AttackTarget[]): void {
  const run = openRun(targets, { isLong: true })
  for (const target of run.targets) {
    const cases = run.casesOf(target).filter(({ recipe }) => recipe.scenario?.some((step) => ofCrowds.has(step.do)))
    describe(target.name, () => testCases(run, target, cases))
  }
}

/** A run that ends with the tests of the file. */
function openRun(targets: readonly AttackTarget[], { isLong = false } = {}): AttackRun {
  const run = new AttackRun(loadCorpus(), targets, { isLong })
  afterAll(() => run.close())
  return run
}

/** What is tried by encryption is tried again where there are keys to decrypt: it is for them that it was made. */
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
