import { describe, expect, it } from 'vitest'
import { Terminal } from './terminal.ts'
import { forge } from './tokens.ts'

const token = forge({ alg: 'ES256' }, { sub: 'john', exp: 1_800_000_000 })
/** A pipe without any input. */
const silence = async function* (): AsyncIterable<Uint8Array> {
  await new Promise(() => undefined)
  yield new Uint8Array()
}

describe('claimcheck', () => {
  it.each([
    ['a pipe', { kind: 'pipe', text: token }, []],
    ['a pipe, with -', { kind: 'pipe', text: token }, ['-']],
    ['a socket, with -', { kind: 'socket', text: token }, ['-']],
    ['a terminal, with -', { kind: 'terminal', text: `${token}\n` }, ['-']],
    ['a pipe that contains the whole header', { kind: 'pipe', text: `Authorization: Bearer ${token}\r\n` }, []],
  ] as const)('reads a token from %s', async (_what, stdin, args) => {
    const terminal = new Terminal({ stdin })
    expect([await terminal.run('decode', ...args), terminal.stdout]).toEqual([0, expect.stringContaining('john')])
    expect(terminal.stderr).toBe(stdin.kind === 'terminal' ? 'Paste the token, then press Enter and Ctrl-D.\n' : '')
  })

  it('reads a token from an argument, and warns that other users can see arguments', async () => {
    const terminal = new Terminal()
    expect(await terminal.run('decode', `Bearer ${token}`)).toBe(0)
    expect(terminal.stderr).toMatch(/^Warning: other users can see command-line arguments/)
    expect(terminal.stderr).not.toContain(token)
  })

  it.each([
    ['stdin is a terminal', { kind: 'terminal' }, []],
    ['stdin is a socket', { kind: 'socket', text: token }, []],
    ['the pipe is empty', { kind: 'pipe', text: ' \n' }, []],
    ['stdin is empty, with -', { kind: 'pipe', text: '' }, ['-']],
    ['the argument is empty', { kind: 'socket' }, ['']],
  ] as const)('asks for a token if %s', async (_what, stdin, args) => {
    const terminal = new Terminal({ stdin })
    expect([await terminal.run('decode', ...args), terminal.stdout]).toEqual([2, ''])
    expect(terminal.stderr).toMatch(/error: .*Pass a token as an argument, or - to read it from stdin\.\n$/)
  })

  it('stops reading a token that is longer than any server accepts', async () => {
    const terminal = new Terminal({ stdin: { kind: 'pipe', text: 'a'.repeat(200_000) } })
    expect(await terminal.run('decode')).toBe(2)
    expect(terminal.stderr).toBe('error: The token is too long: no server reads more than 65536 bytes.\n')
  })

  it('stops waiting for a silent pipe after 10 seconds', async () => {
    const terminal = new Terminal({ stdin: { kind: 'pipe', text: silence } })
    const running = terminal.run('doctor')
    await terminal.untilTimer()
    terminal.passTime()
    expect(await running).toBe(2)
    expect(terminal.stderr).toContain('No input on stdin after 10 seconds.')
  })
})
