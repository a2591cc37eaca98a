import { defaultReportMessage, assert } from 'fast-check'
import type { IAsyncProperty, RunDetails } from 'fast-check'
import { isFullSize } from '../src/test-size.ts'

/** What all properties of a run are drawn from: a new one each time, or that of a failure, by PROPERTY_SEED. */
export const seed = readSeed(process.env['PROPERTY_SEED'])

/** How many of so many random inputs are drawn: `npm test` draws a fifth of them. */
export function runsOfSize(runs: number): number {
  return isFullSize ? runs : Math.ceil(runs / 5)
}

/** Whether a property holds for that many random inputs; the error of a failure names the smallest and the seed. */
export async function holds<T>(runs: number, property: IAsyncProperty<T>): Promise<void> {
  // An input that is never answered is one as well; the seconds are for machines that do other things besides.
  await assert(property, { seed, numRuns: runsOfSize(runs), timeout: 10_000, reporter: report })
}

function report<T>(run: RunDetails<T>): void {
  if (!run.failed) return
  const message = `${defaultReportMessage(run)}\n\nPROPERTY_SEED=${seed} draws the same again`
  throw new Error(message, { cause: run.errorInstance })
}

function readSeed(text: string | undefined): number {
  if (text === undefined) return crypto.getRandomValues(new Int32Array(1))[0] ?? 0
  const number = Number(text)
  if (Number.isInteger(number)) return number
  throw new TypeError(`PROPERTY_SEED must be an integer; it is ${text}`)
}
