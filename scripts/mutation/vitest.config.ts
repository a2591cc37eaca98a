import { fileURLToPath } from 'node:url'
import { BaseSequencer } from 'vitest/node'
import type { TestSpecification } from 'vitest/node'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A run stops at the first failed test, so the tests of the code itself run first, and slow ones last. */
const inOrder = [
  /\/test\/(config-messages|roles|policy)\./,
  /\/test\/(config|options|parse-jwt|bearer-token|log-details|error-response|principal|env)\./,
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

// The tests that use only core, in one project. The sandbox links node_modules, whose links lead to the sources without
// mutations, so the paths of core are set here.
export default defineConfig({
  root,
  resolve: {
    alias: [
      { find: /^@claimcheck\/core$/, replacement: `${root}packages/core/src/index.ts` },
      { find: /^@claimcheck\/core\/adapter$/, replacement: `${root}packages/core/src/adapter/adapter.ts` },
      { find: /^@claimcheck\/core\/([a-z-]+)$/, replacement: `${root}packages/core/src/$1.ts` },
    ],
  },
  ssr: { resolve: { conditions: ['@claimcheck/source', 'module', 'node', 'development|production'] } },
  test: {
    include: process.env['MUTATION_TESTS'] === 'core' ? ofCore : [...ofCore, ...ofConformance],
    exclude: [
      'packages/core/test/platform-parity.test.ts', // compares platforms, which are not mutated, for half a minute
      'conformance/attacks/core-explained.test.ts', // compares core with itself
      'conformance/standards/core-wycheproof-upstream.test.ts', // its payloads are rejected before any other check
    ],
    // The names of tests with random input contain the seed, and tests are found by name.
    env: { SEED: '1' },
    sequence: { sequencer: NearestFirst },
    testTimeout: 20_000,
  },
})
