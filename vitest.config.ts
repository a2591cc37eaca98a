import { existsSync, readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { defineConfig } from 'vitest/config'

const inside = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).map((name) => `${folder}/${name}`) : []

// What is there: a folder that is removed takes its own project along, and no other.
const folders = [...inside('packages'), 'bench', 'conformance', ...inside('examples')].filter((folder) =>
  existsSync(`${folder}/package.json`),
)

export default defineConfig({
  // Sources, not builds: the packages' exports and their own imports maps both answer to this condition.
  ssr: { resolve: { conditions: ['@claimcheck/source', 'module', 'node', 'development|production'] } },
  test: {
    testTimeout: 20_000, // for machines that do other things besides
    reporters: ['default', ['json', { outputFile: 'reports/unit.json' }]],
    projects: folders.map((root) => ({
      extends: true,
      test: { name: basename(root), root, include: ['**/*.test.ts'] },
    })),
    coverage: {
      include: ['packages/*/src/**/*.ts'],
      reporter: ['text-summary', 'html', 'json-summary'],
      thresholds: { lines: 95, branches: 90 },
    },
  },
})
