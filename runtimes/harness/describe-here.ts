import { describe } from 'vitest'

/** Bun and Deno are installed for this platform only; on another, the tests are skipped. */
const isHere = `${process.platform} ${process.arch}` === 'linux x64'

/** As `describe`, where the runtimes are installed. */
export const describeHere = describe.skipIf(!isHere)
