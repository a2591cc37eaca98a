import { defineConfig } from 'vitest/config'

// What takes minutes: the sizes that quick tests cut down.
export default defineConfig({
  // Sources, as in vitest.config.ts.
  ssr: { resolve: { conditions: ['@claimcheck/source', 'module', 'node', 'development|production'] } },
  test: {
    include: [
      'conformance/**/*.long.ts',
      'packages/redis/test/*.long.ts',
      'bench/test/*.long.ts',
      'examples/playground/test/*.long.ts',
      'examples/testing/*.long.ts',
    ],
    testTimeout: 1_200_000,
    reporters: ['default', ['json', { outputFile: 'reports/long.json' }]],
  },
})
