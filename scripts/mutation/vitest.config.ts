import { fileURLToPath } from 'node:url'
import { BaseSequencer } from 'vitest/node'
import type { TestSpecification } from 'vitest/node'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A run ends with the first test that fails, so those that are nearest to the code come first, and slow ones last. */
const inOrder = [
  /\/test\/(config-messages|refusal|roles|policy)\./,
  /\/test\/(config|parse-jwt|bearer-token|details|principal|env)\./,
  /\/core\/test\/(?!keys)/,
  /\/core-(rfc|wycheproof)/,
  /\/conformance\//,
  /./,
]

class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((one, other) => place(one) - place(other))
  }
}

function place({ moduleId }: TestSpecification): number {
  return inOrder.findIndex((pattern) => pattern.test(moduleId))
}

const ofCore = ['packages/core/test/*.test.ts']
const ofConformance = ['conformance/{advisories,attacks,standards}/core*.test.ts']

// The tests that judge core alone, in one project. The sandbox borrows node_modules, whose links lead to the sources
// that are not mutated, so core is named here.
export default defineConfig({
  root,
  resolve: {
    alias: [
      { find: /^@claimcheck\/core$/, replacement: `${root}packages/core/src/index.ts` },
      { find: /^@claimcheck\/core\/adapter$/, replacement: `${root}packages/core/src/adapter/adapter.ts` },
    ],
  },
  ssr: { resolve: { conditions: ['@claimcheck/source', 'module', 'node', 'development|production'] } },
  test: {
    include: process.env['MUTATION_TESTS'] === 'core' ? ofCore : [...ofCore, ...ofConformance],
    exclude: [
      'packages/core/test/platforms.test.ts', // compares platforms, which are not mutated, for half a minute
      'conformance/attacks/core-explained.test.ts', // asks core what core does
      'conformance/standards/core-wycheproof-upstream.test.ts', // its payloads are refused before anything else is judged
    ],
    // Random tests are named after it, and found by name.
    env: { SEED: '1' },
    sequence: { sequencer: NearestFirst },
    testTimeout: 20_000,
  },
})
