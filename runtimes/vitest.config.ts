import { defineConfig } from 'vitest/config'

// The built packages, in the runtimes that package.json installs.
export default defineConfig({
  cacheDir: '../node_modules/.vite/runtimes',
  test: {
    name: 'runtimes',
    root: import.meta.dirname,
    include: ['test/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: '../reports/edge.json' }]],
  },
})
