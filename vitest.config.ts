import { defineConfig } from 'vitest/config'
import { projectAt, foldersIn, workers } from './scripts/vitest-projects.ts'

// `npm test`: the tests that every change needs. They need only Node and npm. vitest.full.config.ts has the rest.
const folders = [...foldersIn('packages').filter((folder) => folder !== 'packages/redis'), 'conformance']

/** These files need a Redis server; vitest.full.config.ts runs them. */
const needsRedis = ['stores/redis-sessions.test.ts']

export default defineConfig({
  test: {
    maxWorkers: workers,
    reporters: ['default', ['json', { outputFile: 'reports/unit.json' }]],
    projects: [
      ...folders.flatMap((folder) => projectAt(folder, { exclude: needsRedis })),
      ...projectAt('scripts', { include: ['test/*.test.ts'] }),
    ],
    coverage: {
      include: ['packages/*/src/**/*.ts'],
      // vitest.full.config.ts measures these packages.
      exclude: ['packages/redis/src/**', 'packages/cli/src/{main,node-context}.ts'],
      reporter: ['text-summary', 'html', 'json-summary'],
      thresholds: { lines: 95, branches: 90 },
    },
  },
})
