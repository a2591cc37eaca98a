import { defineConfig } from 'vitest/config'

// The site is built as it is published, and read as a browser would.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['test/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ['default', ['json', { outputFile: '../reports/site.json' }]],
  },
})
