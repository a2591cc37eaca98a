import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Terminal } from './terminal.ts'
import { forge } from './tokens.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
const escape = '\u001B['
const token = { kind: 'pipe', text: forge({ alg: 'ES256' }, { sub: 'john', exp: 1_800_000_000 }) } as const

describe('claimcheck', () => {
  it('prints its version', async () => {
    const terminal = new Terminal()
    expect([await terminal.run('--version'), terminal.stdout]).toEqual([0, `${version}\n`])
  })

  it.each([[], ['doctor'], ['decode'], ['keys'], ['dev']])('prints help with examples: %j', async (...command) => {
    const terminal = new Terminal()
    expect([await terminal.run(...command, '--help'), terminal.stderr]).toEqual([0, ''])
    expect(terminal.stdout).toMatch(/^Usage: claimcheck[^]+\nExamples:\n {2}\$ /)
    expect(Math.max(...terminal.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
  })

  it('lists every command and every exit code in its help', async () => {
    const terminal = new Terminal()
    await terminal.run('--help')
    for (const words of [
      'doctor',
      'decode',
      'keys',
      'dev',
      '0 ok, 1 rejected or failed, 2 wrong usage, 3',
      '70 internal',
    ]) {
      expect(terminal.stdout).toContain(words)
    }
  })

  it.each([
    [[], /^Usage: claimcheck/],
    [['docter'], /unknown command 'docter'[^]*Did you mean doctor\?/],
    [['decode', '--jsn'], /unknown option '--jsn'[^]*Did you mean --json\?/],
    [['decode', 'a', 'b'], /too many arguments/],
    [['doctor', '--issuer'], /argument missing/],
  ])('rejects the command line %j', async (args, words) => {
    const terminal = new Terminal()
    expect([await terminal.run(...args), terminal.stdout]).toEqual([2, ''])
    expect(terminal.stderr).toMatch(words)
  })
})

describe('claimcheck', () => {
  it.each([
    ['in place of a command', [token.text]],
    ['in place of an option', ['decode', `--${token.text}`]],
    ['as the value of another option', ['dev', '--port', token.text]],
    ['as a claim', ['dev', '--claim', token.text]],
    ['as an algorithm', ['keys', token.text]],
    ['as a file', ['doctor', '--secret-file', token.text]],
  ])('prints no token in an error message if it was passed %s', async (_place, args) => {
    const terminal = new Terminal()
    expect(await terminal.run(...args)).toBe(2)
    for (const part of token.text.split('.')) expect(terminal.stderr).not.toContain(part)
  })
})

describe('colours', () => {
  it.each([
    ['on a terminal', true, {}, [], true],
    ['in a pipe', false, {}, [], false],
    ['on a terminal, with NO_COLOR', true, { NO_COLOR: '1' }, [], false],
    ['on a terminal, with an empty NO_COLOR', true, { NO_COLOR: '' }, [], true],
    ['in a pipe, with FORCE_COLOR', false, { FORCE_COLOR: '1' }, [], true],
    ['in a pipe, with FORCE_COLOR and NO_COLOR', false, { FORCE_COLOR: '1', NO_COLOR: '1' }, [], false],
    ['on a terminal, with FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, [], false],
    ['on a terminal, with --no-color', true, {}, ['--no-color'], false],
    ['in a pipe, with FORCE_COLOR and --no-color', false, { FORCE_COLOR: '1' }, ['--no-color'], false],
  ])('prints colours only if wanted: %s', async (...[, isTerminal, env, args, areShown]) => {
    for (const command of [
      ['decode', '-'],
      ['decode', '--help'],
    ]) {
      const terminal = new Terminal({ isTerminal, env, stdin: token })
      expect(await terminal.run(...command, ...args)).toBe(0)
      expect(terminal.stdout.includes(escape)).toBe(areShown)
    }
  })

  it('prints no colours in JSON', async () => {
    const terminal = new Terminal({ isTerminal: true, stdin: token })
    await terminal.run('decode', '--json')
    expect(terminal.stdout).not.toContain(escape)
  })

  it('prints the same text with and without colours', async () => {
    const [plain, coloured] = [new Terminal({ stdin: token }), new Terminal({ stdin: token, isTerminal: true })]
    await plain.run('decode')
    await coloured.run('decode')
    // eslint-disable-next-line no-control-regex -- the test removes these colours
    expect(coloured.stdout.replaceAll(/\u001B\[\d+m/g, '')).toBe(plain.stdout)
  })
})
