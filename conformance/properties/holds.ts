import { defaultReportMessage, assert } from 'fast-check'
import type { IAsyncProperty, RunDetails } from 'fast-check'
import { isFullSize } from '../src/test-size.ts'

/** The seed of all properties of a run: a random one, or PROPERTY_SEED to repeat a failure. */
export const seed = readSeed(process.env['PROPERTY_SEED'])

/** The number of random inputs. `npm test` uses a fifth of them. */
export function runsOfSize(runs: number): number {
  return isFullSize ? runs : Math.ceil(runs / 5)
}

/** Checks a property with this many random inputs. The error names the smallest failing input and the seed. */
export async function checkProperty<T>(runs: number, property: IAsyncProperty<T>): Promise<void> {
  // An input without a response is a failure too. The timeout is long enough for a busy host.
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
