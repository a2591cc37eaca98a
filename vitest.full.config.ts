import { defineConfig } from 'vitest/config'
import { foldersIn, projectAt, workers } from './scripts/vitest-projects.ts'
import { isMissing } from './scripts/services.ts'

// Most of `npm run test:full`: redis, bench, the examples, the full corpus and more random input on the adapters, and core
// on the platform of edge runtimes. vitest.long.config.ts has the `*.long.ts` files.
const examples = foldersIn('examples').filter((folder) => folder !== 'examples/testing') // this folder contains sample tests, not a package
const whole = ['packages/redis', 'bench', ...examples]

export default defineConfig({
  test: {
    maxWorkers: workers,
    reporters: ['default', ['json', { outputFile: 'reports/full.json' }]],
    projects: [
      ...whole.flatMap((folder) => projectAt(folder)),
      ...projectAt('conformance', {
        name: 'conformance, full size',
        include: ['**/adapters*.test.ts', 'properties/*.test.ts', 'stores/redis-sessions.test.ts'],
      }),
      ...projectAt('packages/core', { name: 'core, full size', include: ['test/platform-parity.test.ts'] }),
      ...projectAt('packages/core', {
        name: 'core on web',
        platform: 'workerd',
        exclude: ['test/platform-parity.test.ts'],
      }),
      ...projectAt('conformance', { name: 'conformance on web', platform: 'workerd', include: ['*/core*.test.ts'] }),
    ].map((project) => ({ ...project, test: { ...project.test, env: { ...project.test.env, TEST_SIZE: 'full' } } })),
    coverage: {
      enabled: process.env['CI'] === 'true' || !isMissing('redis-server'),
      include: ['packages/redis/src/**/*.ts'],
      reporter: ['text-summary', 'json-summary'],
      reportsDirectory: 'coverage/full',
      // Some branches are covered only by the *.long.ts tests, which vitest.long.config.ts runs.
      thresholds: { lines: 95, branches: 85 },
    },
  },
})
