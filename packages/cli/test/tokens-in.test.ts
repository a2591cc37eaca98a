import { describe, expect, it } from 'vitest'
import { Terminal } from './terminal.ts'
import { forge } from './tokens.ts'

const token = forge({ alg: 'ES256' }, { sub: 'john', exp: 1_800_000_000 })
/** What nobody writes to. */
const silence = async function* (): AsyncIterable<Uint8Array> {
  await new Promise(() => undefined)
  yield new Uint8Array()
}

describe('a token', () => {
  it.each([
    ['a pipe', { kind: 'pipe', text: token }, []],
    ['a pipe that is named', { kind: 'pipe', text: token }, ['-']],
    ['what a program writes, which is named', { kind: 'socket', text: token }, ['-']],
    ['a terminal', { kind: 'terminal', text: `${token}\n` }, ['-']],
    ['a pipe, with its whole header', { kind: 'pipe', text: `Authorization: Bearer ${token}\r\n` }, []],
  ] as const)('is taken from %s', async (_what, stdin, args) => {
    const terminal = new Terminal({ stdin })
    expect([await terminal.run('decode', ...args), terminal.stdout]).toEqual([0, expect.stringContaining('john')])
    expect(terminal.stderr).toBe(stdin.kind === 'terminal' ? 'Paste the token, then press Enter and Ctrl-D.\n' : '')
  })

  it('is taken from an argument, with a word about who sees arguments', async () => {
    const terminal = new Terminal()
    expect(await terminal.run('decode', `Bearer ${token}`)).toBe(0)
    expect(terminal.stderr).toMatch(/^Arguments are seen by everybody on this machine/)
    expect(terminal.stderr).not.toContain(token)
  })

  it.each([
    ['a terminal, and no argument', { kind: 'terminal' }, []],
    ['a socket that nobody named', { kind: 'socket', text: token }, []],
    ['an empty pipe', { kind: 'pipe', text: ' \n' }, []],
    ['nothing behind -', { kind: 'pipe', text: '' }, ['-']],
    ['an empty argument', { kind: 'socket' }, ['']],
  ] as const)('is asked for where there is %s', async (_what, stdin, args) => {
    const terminal = new Terminal({ stdin })
    expect([await terminal.run('decode', ...args), terminal.stdout]).toEqual([2, ''])
    expect(terminal.stderr).toMatch(/error: .*Give a token as an argument, or - and the token on stdin\.\n$/)
  })

  it('is read no further than any server reads', async () => {
    const terminal = new Terminal({ stdin: { kind: 'pipe', text: 'a'.repeat(200_000) } })
    expect(await terminal.run('decode')).toBe(2)
    expect(terminal.stderr).toBe('error: No server reads a token of more than 65536 bytes.\n')
  })

  it('is waited for no longer than 10 seconds in a pipe that nobody named', async () => {
    const terminal = new Terminal({ stdin: { kind: 'pipe', text: silence } })
    const running = terminal.run('doctor')
    await terminal.untilItWaits()
    terminal.passTime()
    expect(await running).toBe(2)
    expect(terminal.stderr).toContain('nothing came for 10 seconds')
  })
})
