import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { rmSync } from 'node:fs'
import { createAuth, authErrorCodes } from '@claimcheck/core'
import { createRevocations } from '@claimcheck/core/revocation'
import type { DiagnosticMessages } from '@claimcheck/core/diagnostics'
import { instrument } from '@claimcheck/otel'
import type { Attributes } from '@opentelemetry/api'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createTelemetry } from '../../packages/otel/test/telemetry.ts'
import { sendRequest } from '@claimcheck/testing/contract/raw-client'
import { secret, tokenOf } from './callers.ts'
import { pages } from './pages.ts'
import { createFolder, writePrograms } from './program.ts'
import { runProgram } from './running-program.ts'

const page = pages.find(({ name }) => name === 'docs/observability.md')?.text ?? ''
const names = { issuer: 'https://login.example', audience: 'https://api.example' }

/** The rows of the table below a heading, as cells. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const [, text = ''] = page.split(`\n${heading}\n`)
  const [section = ''] = text.split(/\n#+ /)
  const lines = section.split('\n').filter((line) => line.startsWith('| '))
  return lines.slice(1).map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '')))
}

/** The texts in backticks in a cell. */
const codesIn = (cell: string | undefined) => Array.from((cell ?? '').matchAll(/`([^`]+)`/g), ([, code = '']) => code)

/**
 * Makes an Auth publish on every channel: it accepts, uses its cache, rejects, fetches keys with and without success,
 * and revokes.
 */
async function makeEverythingHappen(): Promise<void> {
  const revocation = createRevocations()
  const auth = createAuth({ ...names, keys: { secret } })
  const revocable = createAuth({ ...names, keys: { secret }, revocation })
  const remote = createAuth({ ...names, fetch: async () => new Response(null, { status: 502 }) })
  const fetching = createAuth({
    ...names,
    keys: { jwksUrl: 'https://login.example/jwks' },
    fetch: async () => Response.json({ keys: [] }),
  })
  const john = await tokenOf('john')
  await auth.verifyToken(john)
  await auth.verifyToken(john)
  await auth.identify({ headers: {} })
  const late = await tokenOf('late')
  const foreign = await tokenOf('john', names.issuer)
  const rejected = [
    async () => auth.verifyToken(late),
    async () => revocable.verifyToken(john),
    async () => remote.verifyToken(foreign),
    async () => fetching.verifyToken(foreign),
  ]
  for (const verify of rejected) await expect(verify()).rejects.toMatchObject({ name: 'AuthError' })
  await revocation.revokeSession({ issuer: null, sid: 'session', until: Date.now() / 1000 + 60 })
}

const channels = ['claimcheck:authenticate', 'claimcheck:reject', 'claimcheck:keys', 'claimcheck:revoke'] as const

describe('the channels of docs/observability.md', () => {
  const published = new Map<string, object[]>(channels.map((name) => [name, []]))

  beforeAll(async () => {
    const note = (message: unknown, name: string | symbol) => void published.get(String(name))?.push(Object(message))
    for (const name of channels) subscribe(name, note)
    await makeEverythingHappen()
    for (const name of channels) unsubscribe(name, note)
  })

  it('docs/observability.md lists all channels', () => {
    const headings = Array.from(page.matchAll(/^### (claimcheck:\w+)$/gm), ([, name]) => name)
    expect(headings).toEqual(
      Object.keys({
        'claimcheck:authenticate': true,
        'claimcheck:reject': true,
        'claimcheck:keys': true,
        'claimcheck:revoke': true,
      } satisfies Record<keyof DiagnosticMessages, true>),
    )
  })

  it.each(channels)('docs/observability.md lists exactly the properties of the messages on %s', (name) => {
    const messages = published.get(name) ?? []
    expect(messages.length).toBeGreaterThan(0)
    const told = rowsBelow(`### ${name}`).map(([field]) => codesIn(field))
    for (const message of messages) expect(told).toEqual(Object.keys(message).map((field) => [field]))
  })

  it.each(channels)('messages on %s are frozen', (name) => {
    expect((published.get(name) ?? []).filter((message) => !Object.isFrozen(message))).toEqual([])
  })
})

describe('the tables of docs/observability.md', () => {
  const attributesOf = (all: readonly Attributes[]) => [...new Set(all.flatMap(Object.keys))].toSorted()

  async function exported() {
    const telemetry = createTelemetry()
    onTestFinished(instrument({ tracerProvider: telemetry.tracerProvider, meterProvider: telemetry.meterProvider }))
    await makeEverythingHappen()
    return telemetry
  }

  it('docs/observability.md lists exactly the existing metrics, with kind, unit and attributes', async () => {
    const { metrics } = await exported()
    const rows = rowsBelow('### Metrics')
      .filter(({ length }) => length === 4)
      .map(([name, kind, unit, attributes]) => {
        return { name: codesIn(name)[0], kind, unit: codesIn(unit)[0], attributes: codesIn(attributes).toSorted() }
      })
      .filter(({ name }) => name !== undefined)
    const actual = (await metrics()).map(({ name, kind, unit, series }) => ({
      name,
      kind,
      unit,
      attributes: attributesOf(series.map(({ attributes }) => attributes)),
    }))
    expect(actual).toHaveLength(4)
    expect(rows).toEqual(actual)
  })

  it('docs/observability.md lists exactly the existing spans, with their attributes', async () => {
    const { spans } = await exported()
    const all = await spans()
    const kinds = [...new Set(all.map(({ name }) => name))].toSorted()
    const rows = rowsBelow('### Spans').map(([name, attributes]) => [codesIn(name)[0], codesIn(attributes).toSorted()])
    const actual = kinds.map((kind) => {
      return [kind, attributesOf(all.filter(({ name }) => name === kind).map(({ attributes }) => attributes))]
    })
    expect(rows).toEqual(actual)
  })

  it('docs/observability.md describes the values of every attribute', async () => {
    const { metrics } = await exported()
    const actual = attributesOf((await metrics()).flatMap(({ series }) => series.map(({ attributes }) => attributes)))
    const explained = rowsBelow('### Metrics').filter(({ length }) => length === 2)
    expect(explained.flatMap(([name]) => codesIn(name)).toSorted()).toEqual(actual)
  })
})

describe('the recipes of docs/observability.md', () => {
  const runsTypeScript = Boolean(Reflect.get(process.features, 'typescript'))

  async function run(module: string) {
    const folder = createFolder()
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const recipe = writePrograms(folder).find(
      ({ place, code }) => place.startsWith('docs/observability.md') && code.includes(`'${module}'`),
    )
    const { port, printed, stop } = await runProgram(recipe ?? expect.fail(`No block uses ${module}`))
    onTestFinished(stop)
    const get = async (path: string, token?: string) => {
      const headers = token === undefined ? [] : [['Authorization', `Bearer ${token}`] as const]
      return sendRequest(port ?? 0, { path, headers })
    }
    return { get, printed }
  }

  it.skipIf(!runsTypeScript)(
    'the pino recipe logs a rejected request with its code and without the token',
    async () => {
      const { get, printed } = await run('pino')
      const late = await tokenOf('late')
      await get('/me', late)
      await get('/me', await tokenOf('john'))
      const lines = printed()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object)
      expect(lines).toEqual([
        expect.objectContaining({ level: 30, code: 'token_expired', status: 401, msg: 'rejected' }),
      ])
      expect(printed()).not.toContain(late.slice(-20))
    },
  )

  it.skipIf(!runsTypeScript)('the prom-client recipe counts the outcome of each request', async () => {
    const { get } = await run('prom-client')
    const john = await tokenOf('john')
    for (const token of [john, john, await tokenOf('late'), undefined]) await get('/me', token)
    const text = (await get('/metrics')).body.toString()
    const samples = text.split('\n').filter((line) => /^claimcheck_\w+(_count|_total)/.test(line))
    expect(samples).toEqual([
      'claimcheck_authenticate_duration_seconds_count{outcome="accepted",recalled="false"} 1',
      'claimcheck_authenticate_duration_seconds_count{outcome="accepted",recalled="true"} 1',
      'claimcheck_authenticate_duration_seconds_count{outcome="rejected",recalled="false"} 1',
      'claimcheck_authenticate_duration_seconds_count{outcome="anonymous",recalled="false"} 1',
      'claimcheck_rejections_total{code="token_expired"} 1',
      'claimcheck_rejections_total{code="token_missing"} 1',
    ])
  })

  it('the recipes name only existing codes', () => {
    const codes = Array.from(
      page.matchAll(/`((?:token|key|keys|signature|issuer|audience|scope|access|revocation)_[a-z_]+)`/g),
    )
    expect(codes.length).toBeGreaterThan(5)
    for (const [, code] of codes) expect(authErrorCodes).toContain(code)
  })
})
