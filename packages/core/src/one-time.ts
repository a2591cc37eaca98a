/** What may be used once, in one process; no part of the way of a token. */
export { checkOneTimeValue, createOneTimeValues } from './one-time/one-time-values.ts'
export type { OneTimeValues, OneTimeValuesOptions } from './one-time/one-time-values.ts'
