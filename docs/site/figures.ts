import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { microseconds, ratio } from '../../bench/src/race/race.ts'
import type { Race } from '../../bench/src/race/race.ts'

/** A figure of the first page, and the page of `docs/` that shows how it was measured. */
export interface Figure {
  readonly value: string
  readonly label: string
  readonly page: string
}

/** Reads the figures from the files that the commands have written: `pnpm conformance`, `pnpm mutation`, `pnpm bench`. */
export function readFigures(root: string): readonly Figure[] {
  return [readWycheproof(root), readAttacks(root), readMutants(root), readWarmRequest(root)]
}

interface WycheproofFigures {
  readonly packages: readonly { readonly name: string; readonly passed: number; readonly total: number }[]
}

/** The adapters share the code that verifies, so the worst of them is the result. */
function readWycheproof(root: string): Figure {
  const { packages } = readJson<WycheproofFigures>(root, 'conformance/figures/wycheproof.json')
  const [worst] = packages
    .filter(({ name }) => name.startsWith('@claimcheck/'))
    .toSorted((one, other) => one.passed / one.total - other.passed / other.total)
  const peers = packages.filter(({ name }) => !name.startsWith('@claimcheck/'))
  if (worst === undefined) throw new Error('wycheproof.json has no result of claimcheck')
  const label = `test vectors of Wycheproof pass, next to the results of ${peers.length} other packages`
  return { value: `${worst.passed} of ${worst.total}`, label, page: 'conformance.md#wycheproof' }
}

function readAttacks(root: string): Figure {
  const [passed = '', all = ''] = findCells(root, 'docs/conformance.md', /^\| \*\*all\*\* \| (\d+)\/(\d+) \|/m)
  const label = 'attack cases of our own pass on core, and those for requests on every framework'
  return { value: `${passed} of ${all}`, label, page: 'conformance.md#attack-corpus-on-claimcheck' }
}

function readMutants(root: string): Figure {
  const row = /^\| \*\*all\*\* \| (\d+) \| \d+ \| \d+ \| ([\d.]+) \|/m
  const [changes = '', percent = ''] = findCells(root, 'docs/reports/mutation.md', row)
  const label = `of ${Number(changes).toLocaleString('en')} changes to the code that reads tokens, claims and options make a test fail`
  return { value: `${percent} %`, label, page: 'reports/mutation.md' }
}

interface HttpFigures {
  readonly figures: { readonly races: readonly { readonly tokens: string; readonly race: Race }[] }
}

/** The worst case of claimcheck: the race in which it is closest to, or furthest behind, the fastest other package. */
function readWarmRequest(root: string): Figure {
  const { figures } = readJson<HttpFigures>(root, 'bench/figures/http.json')
  const warm = figures.races.filter(({ tokens }) => tokens !== 'uncached')
  const worst = Math.max(...warm.map(({ race }) => ratio(race, 'claimcheck', fastestPeerOf(race))))
  const label = `the processor time of the fastest other package, for a repeated token, in the worst of ${warm.length} races`
  return { value: `${worst.toFixed(2)}×`, label, page: 'performance.md' }
}

const baselines = new Set(['bare', 'ceiling', 'claimcheck'])

function fastestPeerOf(race: Race): string {
  const peers = race.map(({ contender }) => contender).filter((name) => !baselines.has(name))
  const [fastest] = peers.toSorted((one, other) => microseconds(race, one) - microseconds(race, other))
  if (fastest === undefined) throw new Error('A race has no other package')
  return fastest
}

/** The groups of a pattern in a page that a command has written. A page without them is an error of the build. */
function findCells(root: string, page: string, pattern: RegExp): readonly string[] {
  const cells = pattern.exec(readFileSync(join(root, page), 'utf8'))
  if (cells === null) throw new Error(`${page} has no figure ${pattern.source}`)
  return cells.slice(1)
}

function readJson<T>(root: string, name: string): T {
  return JSON.parse(readFileSync(join(root, name), 'utf8')) as T
}
