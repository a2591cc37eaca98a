import { missingTools } from '../src/http/load.ts'
import { missingAdapter } from './missing-adapter.ts'

/** What must be installed before a server can be put under load, or null. */
export const missing = await missingTools()

/** The options of tests that put servers under load. With CI=true, they fail instead of being skipped. */
export const underLoad = {
  skip: missingAdapter !== null || (missing !== null && process.env['CI'] !== 'true'),
  meta: { needs: 'wrk' },
} as const
