import { defineConfig } from 'vitest/config'
import { foldersIn, projectAt } from './scripts/vitest-projects.ts'

// The `*.long.ts` files of `npm run test:full`. They run one after the other, because some put a server under load.
const folders = [...foldersIn('packages'), 'conformance', 'bench', ...foldersIn('examples')]

export default defineConfig({
  test: {
    maxWorkers: 1,
    reporters: ['default', ['json', { outputFile: 'reports/long.json' }]],
    projects: folders.flatMap((folder) =>
      projectAt(folder, { name: folder, include: ['**/*.long.ts'], timeoutSeconds: 1200 }),
    ),
  },
})
