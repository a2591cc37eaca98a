import { defineConfig } from 'vitest/config'

// The site is built as it is published, and read as a browser would. The tests in .vitepress need the packages of the site.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['test/*.test.ts', '.vitepress/test/*.test.ts'],
    globalSetup: ['test/build-site.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ['default', ['json', { outputFile: '../reports/site.json' }]],
  },
})
