import { difference, microseconds, ratio, tookPart } from '../race/race.ts'
import { digits, table, times } from '../report/markdown.ts'
import { claimCell, documentedCell, packageCell } from './claims.ts'
import { headerBytes } from './error-responses.ts'
import type { ErrorFigures } from './error-responses.ts'
import type { KeyClientName } from './key-clients.ts'
import type { OutageFigures, Responses } from './key-scenarios.ts'
import { packageNames, packages, sessionsOnly } from './packages.ts'
import type { PackageName } from './packages.ts'
import type { CompareFigures } from './run-compare.ts'
import { temperatures } from './run-cost.ts'
import type { FrameworkCost } from './run-cost.ts'

const noBearer = 'not its job: it reads no bearer token'

/** What clients get while the provider is down. */
export function outageTable({ keys }: CompareFigures): string {
  const head = ['', 'down: a cached key', 'down: a new key', 'hangs: a cached key']
  const rows = packageNames.map((name) => {
    if (name === sessionsOnly) return [packageCell(name), documentedCell(name, noBearer), '–', '–']
    const { fails, drops, stalls } = keys[name].outages
    return [
      packageCell(name, true),
      overTime(fails, drops),
      frequent(fails.unfetched, drops.unfetched),
      overTime(stalls),
    ]
  })
  return table([head, ...rows], '---')
}

/** What made-up key IDs cause. */
export function keyIdTable({ keys }: CompareFigures): string {
  const rows = packageNames.map((name) => {
    if (name === sessionsOnly) return [packageCell(name), documentedCell(name, noBearer), '–']
    const { fetches, responses } = keys[name].madeUpKids
    return [packageCell(name, true), String(fetches), all(responses)]
  })
  return table([['', 'requests to the provider', 'responses to the clients'], ...rows], '---')
}

/** What a client gets for an expired token, and what an application gets for a misspelled role. */
export function useTable({ errors, roles }: CompareFigures): string {
  const head = ['', 'an expired token', 'names the reason', 'a misspelled role or scope', 'tokens for tests']
  const rows = packageNames.map((name) => {
    const error = errors.find((each) => each.package === name)
    const response = error === undefined ? [documentedCell(name, 'your code responds'), '–'] : errorCells(error)
    return [packageCell(name), ...response, roleCell(name, roles), claimCell(name, 'testTokens')]
  })
  return table([head, ...rows], '---')
}

/** Processor time of requests, and of an import. */
export function costTable({ costs, imports }: CompareFigures): string {
  const head = ['', 'framework', 'a warm request', 'a first-seen token', 'import']
  const rows = packageNames.map((name) => {
    const { framework } = packages[name]
    return [
      packageCell(name),
      framework,
      ...temperatures.map((temperature) => costCell(costs, { framework, temperature }, name)),
      `${digits(microseconds(imports, name) / 1000)} ms (${times(ratio(imports, name, 'claimcheck'))})`,
    ]
  })
  return table([head, ...rows])
}

/** The cost of claimcheck on the frameworks of the peers, in one sentence. */
export function otherFrameworksSentence({ costs }: CompareFigures): string {
  const parts = (['Fastify', 'Koa'] as const).map((framework) => {
    const [warm, cold] = temperatures.map((temperature) => costCell(costs, { framework, temperature }, 'claimcheck'))
    return `on ${framework}, ${warm} for a warm request and ${cold} for a first-seen token`
  })
  return `The figures of claimcheck are: ${parts.join('; ')}.`
}

function costCell(
  costs: readonly FrameworkCost[],
  { framework, temperature }: Pick<FrameworkCost, 'framework' | 'temperature'>,
  name: PackageName,
): string {
  const race = costs.find((each) => each.framework === framework && each.temperature === temperature)?.race ?? []
  if (!tookPart(race, name)) return '–'
  return `${signed(difference(race, name, 'bare'))} µs (${times(ratio(race, name, 'bare'))})`
}

/** What the packages do besides. */
export function featureTable(): string {
  const head = ['', 'tokens bound to a key', 'login and sessions', 'first commit']
  const rows = packageNames.map((name) => [
    packageCell(name),
    name === 'claimcheck'
      ? '[no: bound tokens are rejected](conformance.md#cases-that-are-not-run)'
      : claimCell(name, 'boundTokens'),
    claimCell(name, 'login'),
    claimCell(name, 'since'),
  ])
  return table([head, ...rows], '---')
}

/** The option of jwks-rsa that is off by default, in one sentence. */
export function fallbackSentence({ keys }: CompareFigures): string {
  const name: KeyClientName = 'express-jwt, cacheMaxAgeFallback'
  const { fails, drops, stalls } = keys[name].outages
  return [
    'With `cacheMaxAgeFallback`, which jwks-rsa does not set by default, a cached key gets',
    `${overTime(fails, drops)} while the provider is down, and ${all(stalls.cached)} while it hangs.`,
  ].join(' ')
}

function errorCells(error: ErrorFigures): readonly [string, string] {
  const bytes = `${headerBytes(error)} + ${Buffer.byteLength(error.body)} B`
  if (error.package === sessionsOnly) return [`${error.status} to the login, ${bytes}`, '–']
  const text = `${Object.values(error.headers).join(' ')} ${error.body}`
  const reason = /expired|'exp'/i.test(text) ? 'yes' : 'no'
  return [`${error.status}, ${bytes}`, reason]
}

function roleCell(name: PackageName, roles: CompareFigures['roles']): string {
  if (name === 'claimcheck') {
    return `[does not compile](roles.md#types); in JavaScript: starts, then ${roles[name].misspelled}`
  }
  if (name === 'express-oauth2-jwt-bearer' || name === 'better-auth') return `starts, then ${roles[name].misspelled}`
  return claimCell(name, 'guard', 'no guard: your code checks')
}

/** The responses to a cached key in one or several outages, and from when on they change. */
function overTime(...outages: readonly OutageFigures[]): string {
  const phases = outages.map(({ failsAfterSeconds }) =>
    failsAfterSeconds === null ? '200' : acceptedFor(failsAfterSeconds),
  )
  const [phase = ''] = phases
  // If the outages change at different times, each has its own words.
  if (new Set(phases).size > 1) return outages.map((each) => overTime(each)).join(' or ')
  const failures = outages.map(({ cached: { 200: _accepted, ...others } }) => others)
  return phase === '200' ? phase : `${phase}${frequent(...failures)}`
}

function acceptedFor(seconds: number): string {
  if (seconds === 0) return ''
  return `200 for ${seconds < 60 ? `${seconds} s` : `${Math.round(seconds / 60)} min`}, then `
}

/** The most frequent response of each outage. */
function frequent(...outages: readonly Responses[]): string {
  return [...new Set(outages.map((responses) => responseName(byCount(responses)[0]?.[0] ?? '')))].join(' or ')
}

/** All responses, with their counts if there are several. */
function all(responses: Responses): string {
  const sorted = byCount(responses)
  if (sorted.length === 1) return frequent(responses)
  return sorted.map(([response, count]) => `${count} × ${responseName(response)}`).join(', ')
}

function byCount(responses: Responses): readonly (readonly [string, number])[] {
  return Object.entries(responses).toSorted(([, a], [, b]) => b - a)
}

/** A status, or the code of an error that jose throws. Errors of `fetch` have no code, so their class is shown. */
function responseName(response: string): string {
  return /^\d+$/.test(response) || response === 'no response' ? response : `\`${response.split(':')[0]}\``
}

function signed(number: number): string {
  return `${number < 0 ? '−' : '+'}${digits(Math.abs(number))}`
}
