import { whatLoadLacks } from '../src/http/load.ts'
import { missingAdapter } from './missing-adapter.ts'

/** What a server cannot be put under load without, or null. */
export const lacking = await whatLoadLacks()

/** The options of tests that put servers under load. With CI=true they run, and fail if something is missing. */
export const underLoad = {
  skip: missingAdapter !== null || (lacking !== null && process.env['CI'] !== 'true'),
  meta: { needs: 'wrk' },
} as const
