import { afterAll, describe, expect, it } from 'vitest'
import { AttackRun } from './attack-run.ts'
import { loadCorpus } from './corpus/load-corpus.ts'
import { explainedTarget } from './servers/explained-target.ts'

const corpus = loadCorpus()
const disagreements: string[] = []
const target = explainedTarget(disagreements)
const run = new AttackRun(corpus, [target])
const cases = run.casesOf(target).filter(({ recipe }) => !recipe.construct && !recipe.scenario)

afterAll(() => run.close())

describe('an explanation refuses where the way does, with its code, and tells no token', () => {
  it.each(cases.map((attack) => [attack.id, attack] as const))('%s', async (_id, attack) => {
    disagreements.length = 0
    const problems = await run.problemsOf(attack, target)
    expect(problems.filter((problem) => problem.startsWith('it could not be run'))).toEqual([])
    expect(disagreements).toEqual([])
  })
})
