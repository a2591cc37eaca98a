import { findService } from '../../../scripts/services.ts'

/** The path of Chromium, from CHROMIUM or the PATH; null if there is none. */
export const chromium: string | null = process.env['CHROMIUM'] ?? findService('chromium')

/** The options of suites that start a browser. With CI=true they run, and fail if there is none. */
export const withChromium = {
  skip: chromium === null && process.env['CI'] !== 'true',
  meta: { needs: 'chromium' },
} as const

/** As root, for example in a container, Chromium starts only without its sandbox. */
export const chromiumArguments = process.getuid?.() === 0 ? ['--no-sandbox'] : []
