import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import { defineConfig } from 'vitest/config'

const inside = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).map((name) => `${folder}/${name}`) : []

// What is there: a folder that is removed takes its own project along, and no other.
const folders = [...inside('packages'), 'bench', 'conformance', ...inside('examples')].filter((folder) =>
  existsSync(`${folder}/package.json`),
)

// Sources, not builds: the packages' exports and their own imports maps both answer to the first condition.
const conditions = (platform: string) => ['@claimcheck/source', 'module', platform, 'development|production']

/** What only core takes part in runs on the platform of Workers as well, where jose checks the signatures. */
const onJose = [
  { root: 'packages/core', include: ['test/*.test.ts'], exclude: ['test/platforms.test.ts'] }, // has both platforms
  { root: 'conformance', include: ['*/core*.test.ts'], exclude: [] },
].filter(({ root }) => existsSync(`${root}/package.json`))

export default defineConfig({
  ssr: { resolve: { conditions: conditions('node') } },
  test: {
    testTimeout: 20_000, // for machines that do other things besides
    maxWorkers: Math.max(2, availableParallelism() - 1), // by default a machine of two cores has one idle
    reporters: ['default', ['json', { outputFile: 'reports/unit.json' }]],
    projects: [
      ...folders.map((root) => ({
        extends: true as const,
        test: { name: basename(root), root, include: ['**/*.test.ts'] },
      })),
      ...onJose.map(({ root, include, exclude }) => ({
        extends: true as const,
        ssr: { resolve: { conditions: conditions('workerd') } },
        test: { name: `${basename(root)} on jose`, root, include, exclude, env: { CLAIMCHECK_PLATFORM: 'web' } },
      })),
    ],
    coverage: {
      include: ['packages/*/src/**/*.ts'],
      reporter: ['text-summary', 'html', 'json-summary'],
      thresholds: { lines: 95, branches: 90 },
    },
  },
})
