import { strict as assert } from 'node:assert'
import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { frameworks } from '../http/contender.ts'
import type { Framework, StaticResponse } from '../http/contender.ts'
import { ContenderServer } from '../http/contender-server.ts'
import { peersOn } from '../http/contenders.ts'
import { load } from '../http/load.ts'
import { TokenSource } from '../http/token-supply.ts'
import type { TokenSupply } from '../http/token-supply.ts'
import type { Progress, RunMode } from '../lib/run-mode.ts'
import { median } from '../race/race.ts'
import type { Race } from '../race/race.ts'
import { runRace } from '../race/run-race.ts'
import type { Runner } from '../race/run-race.ts'
import { claimsOf, expired, wrongSignature } from '../tokens/bench-tokens.ts'
import type { Issuer } from '../tokens/issuer.ts'

/** The defects of the tokens in a flood. */
export const defects = ['malformed', 'expired', 'wrong signature', 'unknown kid', '8 kB of junk'] as const
export type Defect = (typeof defects)[number]

/** The kinds of tokens whose cost is measured. */
export type TokenKind = Defect | 'valid, cached' | 'valid, uncached'

export interface FloodFigures {
  readonly floods: readonly FrameworkFlood[]
}

export interface FrameworkFlood {
  readonly framework: Framework
  /** Processor time per request, of every contender with every kind of token: see `entryName`. */
  readonly race: Race
  /** How claimcheck and its peers serve a valid client during each flood. */
  readonly validClients: readonly (ValidClient & { readonly contender: string; readonly defect: Defect })[]
}

/** The requests of a client with a valid token while the server is flooded. */
export interface ValidClient {
  readonly sent: number
  readonly accepted: number
  readonly medianMilliseconds: number
}

interface Extent {
  readonly defects: readonly Defect[]
  readonly withPeers: boolean
  readonly rounds: number
  readonly warmupTurns: number
  readonly milliseconds: number
  /** The number of invalid tokens per defect, and of valid ones that are cached. */
  readonly tokens: number
  /** The number of valid tokens, more than the cache can store. */
  readonly uncachedTokens: number
}

const extents: Readonly<Record<RunMode, Extent>> = {
  full: { defects, withPeers: true, rounds: 5, warmupTurns: 2, milliseconds: 400, tokens: 500, uncachedTokens: 12_000 },
  short: {
    defects: ['wrong signature'],
    withPeers: false,
    rounds: 1,
    warmupTurns: 0,
    milliseconds: 50,
    tokens: 2,
    uncachedTokens: 2,
  },
}

const createInvalid: Readonly<Record<Defect, (issuer: Issuer, index: number) => string>> = {
  malformed: (issuer, index) => {
    const [header, payload = '', signature] = issuer.sign(claimsOf(issuer, index)).split('.')
    // Cut at a whole number of bytes, so that the JSON is incomplete but the base64url is valid.
    return [header, payload.slice(0, -(4 + (payload.length % 4))), signature].join('.')
  },
  expired,
  'wrong signature': (issuer, index) => wrongSignature(issuer, index),
  'unknown kid': (issuer, index) => wrongSignature(issuer, index, `made-up-${index}`),
  '8 kB of junk': () => {
    const junk = randomBytes(6000).toString('base64url')
    return `${junk.slice(0, 1000)}.${junk.slice(1000, 7600)}.${junk.slice(7600)}`
  },
}

/** The name of a contender with one kind of token in the race. */
export function entryName(contender: string, kind: TokenKind): string {
  return `${contender}: ${kind}`
}

interface Input {
  readonly mode: RunMode
  readonly framework: Framework
  readonly supply: TokenSupply
  readonly files: Readonly<Record<TokenKind, string>>
}

/** Floods the server of every contender with invalid tokens, one framework after the other. */
export async function runFlood(mode: RunMode, progress: Progress): Promise<FloodFigures> {
  const source = await TokenSource.start()
  const floods: FrameworkFlood[] = []
  try {
    progress('tokens', 0, frameworks.length + 1)
    const supply = source.issue('RS256', extents[mode].uncachedTokens)
    const files = writeFiles(source, supply, extents[mode].tokens)
    for (const [index, framework] of frameworks.entries()) {
      progress(framework, index + 1, frameworks.length + 1)
      floods.push(await floodOn({ mode, framework, supply, files }))
    }
  } finally {
    await source.close()
  }
  return { floods }
}

function writeFiles(source: TokenSource, { issuer, valid }: TokenSupply, tokens: number): Input['files'] {
  const invalid = defects.map((defect) => {
    const created = Array.from({ length: tokens }, (_, index) => createInvalid[defect](issuer, index))
    return [defect, source.write(created)] as const
  })
  return {
    // One entry per defect, so the record is complete.
    ...(Object.fromEntries(invalid) as Record<Defect, string>),
    'valid, cached': source.write(valid.slice(0, tokens)),
    'valid, uncached': source.write(valid),
  }
}

async function floodOn(input: Input): Promise<FrameworkFlood> {
  const { mode, framework, supply } = input
  const { defects: sent, withPeers, rounds, milliseconds } = extents[mode]
  const start = (contender: string) => ContenderServer.start({ framework, contender, terms: supply.terms }, mode)
  const names = ['static', 'claimcheck', 'claimcheck', ...(withPeers ? peersOn(framework) : [])]
  const servers = await Promise.all(names.map(start))
  const [fixed, claimcheck, uncached, ...peers] = servers
  if (fixed === undefined || claimcheck === undefined || uncached === undefined) throw new Error('No server started')
  try {
    for (const server of [claimcheck, uncached, ...peers]) await server.check(supply)
    const runners = [
      ...(await staticRunners(fixed, claimcheck, input)),
      ...[claimcheck, ...peers].flatMap((server) => [...sent, 'valid, cached' as const].map(runnerOf(server, input))),
      runnerOf(uncached, input)('valid, uncached'),
    ]
    for (const { turn } of runners) for (let time = 0; time < extents[mode].warmupTurns; time++) await turn()
    const race = await runRace(runners, rounds)
    const validClients: FrameworkFlood['validClients'][number][] = []
    for (const server of [claimcheck, ...peers]) {
      for (const defect of sent) {
        const flood = { file: input.files[defect], milliseconds }
        const client = await sendDuringFlood(flood, server, supply.valid[0] ?? '')
        validClients.push({ contender: server.name, defect, ...client })
      }
    }
    return { framework, race, validClients }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

function runnerOf(server: ContenderServer, { mode, files }: Input): (kind: TokenKind) => Runner {
  const { milliseconds } = extents[mode]
  return (kind) => {
    const outcome = kind === 'valid, cached' || kind === 'valid, uncached' ? 'handled' : 'rejected'
    const traffic = { file: files[kind], milliseconds, outcome } as const
    return { contender: entryName(server.name, kind), turn: () => server.turn(traffic) }
  }
}

/** Sends claimcheck's response to each defect from a server that reads no token. */
async function staticRunners(fixed: ContenderServer, claimcheck: ContenderServer, input: Input): Promise<Runner[]> {
  const { issuer } = input.supply
  return Promise.all(
    extents[input.mode].defects.map(async (defect) => {
      const response = await responseTo(claimcheck, createInvalid[defect](issuer, 0))
      const { contender, turn } = runnerOf(fixed, input)(defect)
      return {
        contender,
        turn: async () => {
          await fixed.respondWith(response)
          return turn()
        },
      }
    }),
  )
}

/** The headers that a Node server adds to every response. */
export const serverHeaders = ['connection', 'date', 'keep-alive', 'content-length', 'transfer-encoding', 'x-powered-by']

async function responseTo(server: ContenderServer, token: string): Promise<StaticResponse> {
  const response = await server.request(token)
  assert.equal(response.status, 401, `${server.label} must reject an invalid token`)
  const headers = [...response.headers].filter(([name]) => !serverHeaders.includes(name))
  return { status: response.status, headers: Object.fromEntries(headers), body: await response.text() }
}

interface Flood {
  readonly file: string
  readonly milliseconds: number
}

/** Sends a valid token again and again while the load sends invalid ones on all its connections. */
async function sendDuringFlood(flood: Flood, server: ContenderServer, token: string): Promise<ValidClient> {
  const running = load(server.port, { file: flood.file, from: 0 }, flood.milliseconds)
  const state = { hasEnded: false }
  void running.finally(() => (state.hasEnded = true)).catch(() => undefined)
  const times: number[] = []
  let accepted = 0
  do {
    const start = performance.now()
    const response = await server.request(token)
    await response.text()
    times.push(performance.now() - start)
    if (response.ok) accepted++
    await wait(2)
  } while (!state.hasEnded)
  await running
  return { sent: times.length, accepted, medianMilliseconds: Number(median(times).toPrecision(3)) }
}
