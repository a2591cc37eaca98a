import { findService } from '../../../scripts/services.ts'

/** The browser of this machine, by CHROMIUM or on the PATH; null where there is none. */
export const chromium: string | null = process.env['CHROMIUM'] ?? findService('chromium')

/** The options of suites that start a browser. With CI=true they run, and fail if there is none. */
export const withChromium = {
  skip: chromium === null && process.env['CI'] !== 'true',
  meta: { needs: 'chromium' },
} as const

/** As root, as in a container, Chromium starts without its sandbox alone. */
export const chromiumArguments = process.getuid?.() === 0 ? ['--no-sandbox'] : []
