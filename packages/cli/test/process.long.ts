import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { KeyServer } from './key-server.ts'
import { nowSeconds } from './terminal.ts'
import { audience, forge, jwk } from './tokens.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const runsTypeScript = 'typescript' in process.features && process.features.typescript !== false
const isPosix = process.platform !== 'win32'
const token = forge({ alg: 'ES256' }, { sub: 'john', exp: 1_800_000_000 })
const started: ReturnType<typeof spawn>[] = []

/** Starts a program with an open stdin, as a parent process does. */
function start(program: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'], NODE: process.execPath, MAIN: main, ...environment },
  })
  started.push(child)
  const printed = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (printed.stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (printed.stderr += String(chunk)))
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, ...printed }))
  return { child, printed, ended }
}

const startMain = (args: readonly string[], environment?: Readonly<Record<string, string>>) =>
  start(process.execPath, ['--conditions=@claimcheck/source', main, ...args], environment)

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

describe.skipIf(!runsTypeScript || !isPosix)('the claimcheck process', { timeout: 30_000, concurrent: false }, () => {
  let server: KeyServer
  beforeAll(async () => {
    server = await KeyServer.start()
  })
  afterAll(async () => server.close())

  const decodePiped = 'printf %s "$TOKEN" | "$NODE" --conditions=@claimcheck/source "$MAIN" decode'

  it('reads a token from a pipe', async () => {
    const { code, stdout, stderr } = await start('sh', ['-c', decodePiped], { TOKEN: token }).ended
    expect([code, stdout, stderr]).toEqual([0, expect.stringContaining('sub  john'), ''])
  })

  it('prints no error if the reader of its output closes the pipe', async () => {
    const { stderr } = await start('sh', ['-c', `${decodePiped} | :`], { TOKEN: token }).ended
    expect(stderr).toBe('')
  })

  it.skipIf(!existsSync('/dev/full'))('reports a full disk in one line, with its own exit code', async () => {
    const { code, stderr } = await start('sh', ['-c', `${decodePiped} > /dev/full`], { TOKEN: token }).ended
    expect([code, stderr]).toEqual([70, 'claimcheck cannot write its output: ENOSPC\n'])
  })

  it('does not wait for a token on an open stdin, and replaces the warnings of core by its report', async () => {
    server.reset({ '/keys': { keys: [jwk, { ...jwk, kid: 'odd', x: 'AAAA' }] } })
    server.secondsAhead = Math.floor(Date.now() / 1000) - nowSeconds
    const { code, stdout, stderr } = await startMain(['doctor'], { JWT_ISSUER: server.url, JWT_AUDIENCE: audience })
      .ended
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('ignored: odd is a key whose "x" has the wrong size')
    expect(stdout).toMatch(/✓ No problems found\.\n$/)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('stops the development issuer with exit code 0 on %s', async (signal) => {
    const { child, printed, ended } = startMain(['dev', '--port', '0'], { FORCE_COLOR: '1' })
    child.stdout.on('data', () => printed.stdout.includes('/token') && child.kill(signal))
    const { code, stdout, stderr } = await ended
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('\u001B[32m✓')
  })

  it('prints no warning if NO_COLOR and FORCE_COLOR are set', async () => {
    const environment = { TOKEN: token, NO_COLOR: '1', FORCE_COLOR: '1' }
    const { code, stdout, stderr } = await start('sh', ['-c', decodePiped], environment).ended
    expect([code, stdout, stderr]).toEqual([0, expect.stringContaining('sub  john'), ''])
  })

  it('reports an internal error with its own exit code, and without the token', async () => {
    const breaks = encodeURIComponent('Intl.RelativeTimeFormat.prototype.format = () => { throw new Error("broken") }')
    const { code, stdout, stderr } = await startMain(['decode', token], {
      NODE_OPTIONS: `--import=data:text/javascript,${breaks}`,
    }).ended
    expect([code, stdout]).toEqual([70, ''])
    expect(stderr).toContain('Internal error: Error: broken')
    expect(stderr).not.toContain(token)
  })
})
