import { afterAll, describe, expect, it } from 'vitest'
import { AttackRun } from './attack-run.ts'
import { loadCorpus } from './corpus/load-corpus.ts'
import { explainedTarget } from './targets/explained-target.ts'

const corpus = loadCorpus()
const disagreements: string[] = []
const target = explainedTarget(disagreements)
const run = new AttackRun(corpus, [target])
const cases = run.casesOf(target).filter(({ recipe }) => !recipe.construct && !recipe.scenario)

afterAll(() => run.close())

describe('explain', () => {
  it.each(cases.map((attack) => [attack.id, attack] as const))(
    'an explanation of %s has the step and the code of core, and does not reveal the token',
    async (_id, attack) => {
      disagreements.length = 0
      const problems = await run.problemsOf(attack, target)
      expect(problems.filter((problem) => problem.startsWith('the case could not run'))).toEqual([])
      expect(disagreements).toEqual([])
    },
  )
})
