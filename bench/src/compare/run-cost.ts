import { strict as assert } from 'node:assert'
import type { ServerFramework } from '../http/contender.ts'
import { ContenderServer } from '../http/contender-server.ts'
import type { Traffic } from '../http/contender-server.ts'
import { TokenSource } from '../http/token-supply.ts'
import type { TokenSupply } from '../http/token-supply.ts'
import type { RunMode } from '../lib/run-mode.ts'
import type { Race } from '../race/race.ts'
import { runRace } from '../race/run-race.ts'
import { runnerOf } from '../start/run-start.ts'
import { subjectOf } from '../tokens/bench-tokens.ts'
import type { Issuer } from '../tokens/issuer.ts'
import { packageNames, packages, sessionsOnly } from './packages.ts'
import type { PackageName } from './packages.ts'

/** `warm` tokens come again, in turn. `cold` tokens are more than any cache can store. */
export const temperatures = ['warm', 'cold'] as const
export type Temperature = (typeof temperatures)[number]

/** Processor time per request of a framework alone and with the packages on it. */
export interface FrameworkCost {
  readonly framework: ServerFramework
  readonly temperature: Temperature
  readonly race: Race
}

interface Extent {
  readonly tokens: Readonly<Record<Temperature, number>>
  readonly rounds: number
  readonly warmupTurns: number
  readonly milliseconds: number
  readonly imports: number
}

const extents: Readonly<Record<RunMode, Extent>> = {
  full: { tokens: { warm: 1000, cold: 12_000 }, rounds: 8, warmupTurns: 3, milliseconds: 300, imports: 9 },
  short: { tokens: { warm: 3, cold: 3 }, rounds: 1, warmupTurns: 0, milliseconds: 50, imports: 1 },
}

export const comparedFrameworks = ['Express', 'Fastify', 'Koa', 'Hono'] as const

/** The contenders on a framework. claimcheck takes part wherever it has an adapter. */
export function contendersOn(framework: ServerFramework): readonly PackageName[] {
  return packageNames.filter((name) => {
    return packages[name].framework === framework || (name === 'claimcheck' && framework !== 'Hono')
  })
}

/** Puts the server of every package under load, one framework after the other. */
export async function runCost(mode: RunMode, onStep: (step: string) => void): Promise<readonly FrameworkCost[]> {
  const source = await TokenSource.start()
  const costs: FrameworkCost[] = []
  try {
    for (const temperature of temperatures) {
      const supply = source.issue('RS256', extents[mode].tokens[temperature])
      const file = source.write(supply.valid)
      for (const framework of comparedFrameworks) {
        onStep(`${framework}, ${temperature} tokens`)
        const race = await raceOn(framework, { source, supply, file, temperature }, mode)
        costs.push({ framework, temperature, race })
      }
    }
  } finally {
    await source.close()
  }
  return costs
}

interface Input {
  readonly source: TokenSource
  readonly supply: TokenSupply
  readonly file: string
  readonly temperature: Temperature
}

async function raceOn(framework: ServerFramework, input: Input, mode: RunMode): Promise<Race> {
  const { rounds, warmupTurns, milliseconds } = extents[mode]
  const { supply, file, temperature } = input
  // A session is read in the same way each time, so it is measured once.
  const names = contendersOn(framework).filter((name) => name !== sessionsOnly || temperature === 'warm')
  const servers = await Promise.all(
    ['bare', ...names].map((contender) => ContenderServer.start({ framework, contender, terms: supply.terms }, mode)),
  )
  try {
    const runners = []
    for (const server of servers) {
      const own = server.name === sessionsOnly ? await prepareSession(server, input) : file
      if (server.name !== sessionsOnly) await server.check(supply)
      const traffic: Traffic = { file: own, milliseconds, outcome: 'handled' }
      await server.warmUp(traffic, warmupTurns, temperature === 'warm' ? supply.valid.length : 0)
      runners.push({ contender: server.name, turn: () => server.turn(traffic) })
    }
    return await runRace(runners, rounds)
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

/** Logs in, checks that the session is accepted and nothing else is, and writes its cookie to a file. */
async function prepareSession(server: ContenderServer, { source, supply }: Input): Promise<string> {
  const cookie = await login(server.port, supply.issuer, subjectOf(0))
  const url = `http://127.0.0.1:${server.port}/`
  const accepted = await fetch(url, { headers: { cookie } })
  assert.deepEqual([accepted.status, await accepted.json()], [200, { hello: subjectOf(0) }])
  const { status } = await fetch(url, { redirect: 'manual' })
  assert.equal(status, 302, `${server.label} must redirect a request without a session`)
  return source.write([`Cookie: ${cookie}`])
}

/** Logs a user in at a server of express-openid-connect as a browser does, and returns the cookie of the session. */
async function login(port: number, issuer: Issuer, subject: string): Promise<string> {
  const origin = `http://127.0.0.1:${port}`
  const redirect = await fetch(`${origin}/login`, { redirect: 'manual' })
  const { searchParams } = new URL(redirect.headers.get('location') ?? '')
  const [state, nonce] = [searchParams.get('state') ?? '', searchParams.get('nonce') ?? '']
  const now = Math.floor(Date.now() / 1000)
  const { issuer: iss, audience: aud } = issuer.terms
  const claims = { iss, aud, sub: subject, nonce, iat: now, exp: now + 3600 }
  const callback = await fetch(`${origin}/callback`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: cookiesOf(redirect) },
    body: new URLSearchParams({ state, id_token: issuer.sign(claims) }),
  })
  const cookies = cookiesOf(callback)
  assert.match(cookies, /appSession=/, `The login failed with ${callback.status}: ${await callback.text()}`)
  return cookies
}

/** The cookies that a response sets, except those that it removes. */
function cookiesOf(response: Response): string {
  const cookies = response.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
  return cookies.filter((cookie) => !cookie.endsWith('=')).join('; ')
}

/** Imports what a program with each package imports, each time in a new process. */
export async function runImports(mode: RunMode): Promise<Race> {
  const runners = packageNames.map((name) => runnerOf(name, ['start/import-time', ...packages[name].imports], mode))
  return runRace(runners, extents[mode].imports)
}
