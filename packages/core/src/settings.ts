/** For packages beside core: settings are read, and refused with a ConfigError, in one way. */
export { at, describe, readFields, readFunction, readNumber, readText, readTexts } from './config/fields.ts'
export type { Fields } from './config/fields.ts'
