import { whatLoadLacks } from '../src/http/load.ts'
import { missingAdapter } from './missing-adapter.ts'

/** What this machine lacks to put servers under load, or null. */
export const lacking = await whatLoadLacks()

const reasons = [
  ...(missingAdapter === null ? [] : [`${missingAdapter} was removed`]),
  ...(lacking === null ? [] : [`this machine lacks ${lacking}`]),
]
/** Whether a test of servers under load is skipped. In CI there must be what it takes. */
export const skips = missingAdapter !== null || (lacking !== null && process.env['CI'] !== 'true')
/** What the title of such a test says of it. */
export const whySkipped = skips ? ` (skipped: ${reasons.join(', ')})` : ''
