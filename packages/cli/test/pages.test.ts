import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FetchLike } from '@claimcheck/core'
import { afterAll, describe, expect, it } from 'vitest'
import { readBlocks } from '../../../conformance/documentation/code-blocks.ts'
import { checkNames } from '../src/doctor/check.ts'
import { exitCodes } from '../src/lib/exit-codes.ts'
import { nowSeconds, Terminal } from './terminal.ts'
import { jwk, sign } from './tokens.ts'

const root = new URL('../../../', import.meta.url)
const pageOf = (name: string) => ({ name, text: readFileSync(new URL(name, root), 'utf8') })
const pages = [pageOf('README.md'), pageOf('docs/cli.md'), pageOf('docs/jwt.md')]
const folder = mkdtempSync(join(tmpdir(), 'claimcheck-'))
afterAll(() => rmSync(folder, { recursive: true }))

const issuer = 'https://login.example'
const admin = { admin: true, scope: 'reports:read' }
const files: Readonly<Record<string, string>> = {
  'token.txt': await sign(issuer, admin),
  'sample.txt': readSample(),
  'old-token.txt': await sign(issuer, { ...admin, exp: nowSeconds - 180, iat: nowSeconds - 780 }),
}

/** The token that the `printf` of docs/jwt.md writes: its arguments, one after the other. */
function readSample(): string {
  const { code = '' } = readBlocks(pageOf('docs/jwt.md')).find((block) => block.code.startsWith('printf %s ')) ?? {}
  return Array.from(code.matchAll(/^ {2}([\w.-]+) \\$/gm), ([, part]) => part).join('')
}

/** The issuer of the examples, with a correct clock. */
const fetchFromIssuer: FetchLike = async (url) => {
  const body = url.endsWith('/jwks') ? { keys: [jwk] } : { issuer, jwks_uri: `${issuer}/jwks` }
  return Response.json(body, { headers: { Date: new Date(nowSeconds * 1000).toUTCString() } })
}

/** A block of commands and the text block after it, which is the output of the last command. */
interface Session {
  readonly place: string
  readonly commands: readonly string[]
  readonly printed: string | null
}

const sessions: readonly Session[] = pages.flatMap((page) => {
  const blocks = readBlocks(page)
  return blocks.flatMap(({ place, language, code }, index) => {
    if (language !== 'sh' || !code.includes('npx claimcheck')) return []
    const next = blocks[index + 1]
    return [
      { place, commands: code.trimEnd().split('\n'), printed: next?.language === 'text' ? next.code.trimEnd() : null },
    ]
  })
})

/** Variables that a block exports stay set in the next blocks, as in a shell. */
const env: Record<string, string> = {}

/** Runs one line as a shell would, and returns its output. */
async function runLine(line: string): Promise<string> {
  const [, name, value] = /^export (\w+)=(\S+)$/.exec(line) ?? []
  if (name !== undefined && value !== undefined) {
    env[name] = value
    return ''
  }
  const [, inner] = /^export \w+=\$\((.+)\)$/.exec(line) ?? []
  const [command = '', file] = (inner ?? line).split(' < ')
  const [npx, program, ...args] = command.split(' ')
  if (npx !== 'npx' || program !== 'claimcheck') throw new SyntaxError(`Not a claimcheck command: ${line}`)
  const text = file === undefined ? '' : (files[file] ?? expect.fail(`There is no file ${file}`))
  const terminal = new Terminal({ env, stdin: { kind: 'pipe', text }, fetch: fetchFromIssuer })
  const isServer = args[0] === 'dev' && !args.includes('--help')
  const running = terminal.run(
    ...args.map((word) => (word === 'signing' ? join(folder, word) : word)),
    ...(isServer ? ['--port', '0'] : []),
  )
  if (isServer) {
    while (terminal.stdout === '') await new Promise((resolve) => setImmediate(resolve))
    terminal.pressCtrlC()
  }
  expect([[0, 1], terminal.stderr]).toEqual([expect.arrayContaining([await running]), ''])
  return terminal.stdout
    .replaceAll(`${folder}/`, '')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:4444')
    .trimEnd()
}

/** Whether a page shows this output. A line `…` stands for any lines, and `…` within a line for any part of it. */
function shows(printed: string, shown: string): boolean {
  const patternOf = (line: string) => line.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('…', '.*')
  const patterns = shown.split('\n').map((line) => (line === '…' ? '(?:.*\n)*' : `${patternOf(line)}\n`))
  return new RegExp(`^${patterns.join('')}$`).test(`${printed}\n`)
}

describe('README.md, docs/cli.md and docs/jwt.md', () => {
  it('contains at least one command with its output on each page', () => {
    expect(sessions.filter(({ printed }) => printed !== null).map(({ place }) => place.split(':')[0])).toEqual(
      expect.arrayContaining(pages.map(({ name }) => name)),
    )
  })

  it.each(sessions)('shows the output of the program at $place', async ({ commands, printed }) => {
    const outputs: string[] = []
    for (const command of commands) outputs.push(await runLine(command))
    const last = outputs.at(-1) ?? ''
    expect(printed === null || shows(last, printed) ? printed : last).toBe(printed)
  })
})

describe('docs/cli.md', () => {
  const { text } = pageOf('docs/cli.md')

  it('lists every check in order', () => {
    const rows = Array.from(text.matchAll(/^\| `([a-z ]+)` \| [A-Z`]/gm), ([, name]) => name)
    expect(rows).toEqual([...checkNames])
  })

  it('lists every exit code and no other', () => {
    const rows = Array.from(text.matchAll(/^\| (\d+) \| /gm), ([, code]) => Number(code))
    expect(rows).toEqual(Object.values(exitCodes).toSorted((one, other) => one - other))
  })
})
