import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { countTests, suites, toLines } from '../test-summary.mjs'

const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>
}
const tasksOf = (script: string) =>
  [...(scripts[script] ?? '').matchAll(/(?<= )(?:build|lint|test:\w+)(?= )/g)].map(([task]) => task)

it('keeps each budget at twice the measured time or more, and the sum at an hour or less', () => {
  for (const { measuredSeconds, budgetSeconds } of Object.values(suites)) {
    expect(budgetSeconds).toBeGreaterThanOrEqual(2 * measuredSeconds)
  }
  const sum = Object.values(suites).reduce((total, { budgetSeconds }) => total + budgetSeconds, 0)
  expect(sum).toBeLessThanOrEqual(3600)
})

it('has a budget for each task of npm test and npm run test:full', () => {
  const named = Object.keys(suites).filter((name) => name !== 'bare-machine')
  expect([...tasksOf('check'), ...tasksOf('check:full')].toSorted()).toEqual(named.toSorted())
})

it('lists the skipped tests with the package to install', () => {
  const skipped = { status: 'skipped', meta: { needs: 'redis-server' } }
  const report = {
    testResults: [
      { name: '/a/one.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }, skipped, skipped] },
      { name: '/a/two.test.ts', status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'skipped' }] },
      { name: '/a/broken.test.ts', status: 'failed', assertionResults: [] },
    ],
  }
  expect(toLines(countTests([report]), ['test:long'])).toEqual([
    '3 of 5 tests ran: 1 passed, 2 failed.',
    'Not run, or not finished: test:long',
    'Skipped: 2 tests that need redis-server. To run them: apt-get install redis-server',
    'Skipped: 1 test that this platform cannot run: two.test.ts',
  ])
})

it('counts a file as failed when a failed hook skipped its tests', () => {
  const skipped = { status: 'skipped', meta: { needs: 'redis-server' } }
  const report = { testResults: [{ name: '/a/one.test.ts', status: 'failed', assertionResults: [skipped, skipped] }] }
  expect(countTests([report])).toMatchObject({ all: 2, passed: 0, failed: 1 })
  expect(toLines(countTests([report]), [])).toEqual(['1 of 2 tests ran: 0 passed, 1 failed.'])
})
