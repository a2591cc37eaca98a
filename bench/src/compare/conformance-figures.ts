import { readFileSync } from 'node:fs'
import { table } from '../report/markdown.ts'
import { claimCell, documentedCell, packageCell } from './claims.ts'
import { packageNames, sessionsOnly } from './packages.ts'
import type { PackageName } from './packages.ts'

/** The cases that apply to a package, and how many of them passed. */
interface Result {
  readonly name: string
  readonly passed: number
  readonly total: number
  readonly notApplicable: number
  readonly serverErrors: number
}

/** One run of `npx pnpm conformance --peers`. */
export interface ConformanceRun {
  readonly date: string
  readonly node: string
  readonly packages: readonly Result[]
}

export interface ConformanceFigures {
  readonly wycheproof: ConformanceRun
  readonly corpus: ConformanceRun
}

/** The names that differ there. */
const names: Partial<Readonly<Record<PackageName, string>>> = {
  claimcheck: '@claimcheck/express',
  'hono/jwt': 'hono jwt/jwk',
}

/** Reads the figures that the conformance tests wrote. */
export function readConformanceFigures(): ConformanceFigures {
  return { wycheproof: read('wycheproof'), corpus: read('corpus') }
}

function read(name: keyof ConformanceFigures): ConformanceRun {
  const file = new URL(`../../../conformance/figures/${name}.json`, import.meta.url)
  // `npx pnpm conformance --peers` wrote this file.
  return JSON.parse(readFileSync(file, 'utf8')) as ConformanceRun
}

/** What each package accepts and rejects correctly. */
export function conformanceTable({ wycheproof, corpus }: ConformanceFigures): string {
  const rows = packageNames.map((name) => {
    if (name === sessionsOnly)
      return [packageCell(name), documentedCell(name, 'not its job: it reads no bearer token'), '–']
    return [packageCell(name, true), cell(name, wycheproof), cell(name, corpus)]
  })
  return table([['', 'Wycheproof, by Google and C2SP', 'attack corpus, **by us**'], ...rows], '---')
}

export function conformanceOrigin({ wycheproof, corpus }: ConformanceFigures): string {
  const runs = new Set([wycheproof, corpus].map(({ date, node }) => `on ${date}, Node ${node}`))
  return `\`npx pnpm conformance --peers\` ${[...runs].join(' and ')}.`
}

function cell(name: PackageName, { packages }: ConformanceRun): string {
  const result = packages.find((each) => each.name === (names[name] ?? name))
  if (result === undefined) return claimCell(name, 'verifier', 'not run')
  const { passed, total, notApplicable, serverErrors } = result
  const notes = [
    ...(notApplicable === 0 ? [] : [`${notApplicable} do not apply`]),
    ...(serverErrors === 0 ? [] : [`${serverErrors} × 5xx`]),
  ]
  return [`${passed} of ${total}`, ...notes].join(', ')
}
