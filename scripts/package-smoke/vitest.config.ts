import { defineConfig } from 'vitest/config'

export default defineConfig({
  cacheDir: '../../node_modules/.vite/package-smoke',
  test: {
    name: 'package-smoke',
    root: import.meta.dirname,
    include: ['*.test.ts'],
    globalSetup: ['pack-and-install.ts'],
    testTimeout: 60_000,
  },
})
