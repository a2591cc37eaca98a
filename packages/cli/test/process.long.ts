import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { OddServer } from './key-server.ts'
import { nowSeconds } from './terminal.ts'
import { audience, forge, jwk } from './tokens.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const runsTypeScript = 'typescript' in process.features && process.features.typescript !== false
const isPosix = process.platform !== 'win32'
const token = forge({ alg: 'ES256' }, { sub: 'john', exp: 1_800_000_000 })
const started: ReturnType<typeof spawn>[] = []

/** Starts a program, with its stdin left open as by whoever starts others; the sources, as npx starts what was built. */
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

describe.skipIf(!runsTypeScript || !isPosix)('the process', { timeout: 30_000, concurrent: false }, () => {
  let server: OddServer
  beforeAll(async () => {
    server = await OddServer.start()
  })
  afterAll(async () => server.close())

  const decodePiped = 'printf %s "$TOKEN" | "$NODE" --conditions=@claimcheck/source "$MAIN" decode'

  it('takes a token from a pipe', async () => {
    const { code, stdout, stderr } = await start('sh', ['-c', decodePiped], { TOKEN: token }).ended
    expect([code, stdout, stderr]).toEqual([0, expect.stringContaining('sub  john'), ''])
  })

  it('is content when nobody reads what it prints', async () => {
    const { stderr } = await start('sh', ['-c', `${decodePiped} | :`], { TOKEN: token }).ended
    expect(stderr).toBe('')
  })

  it.skipIf(!existsSync('/dev/full'))('says in one line that a disk is full, which is no refusal', async () => {
    const { code, stderr } = await start('sh', ['-c', `${decodePiped} > /dev/full`], { TOKEN: token }).ended
    expect([code, stderr]).toEqual([70, 'claimcheck cannot print: ENOSPC\n'])
  })

  it('waits for no token on a stdin that a program left open, and says what core warns of in its own words alone', async () => {
    server.behave({ '/keys': { keys: [jwk, { ...jwk, kid: 'odd', x: 'AAAA' }] } })
    server.secondsAhead = Math.floor(Date.now() / 1000) - nowSeconds
    const { code, stdout, stderr } = await startMain(['doctor'], { JWT_ISSUER: server.url, JWT_AUDIENCE: audience })
      .ended
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('left out: odd is a key whose member x has not the size')
    expect(stdout).toMatch(/✓ All is well\.\n$/)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('of the issuer for development ends well on %s', async (signal) => {
    const { child, printed, ended } = startMain(['dev', '--port', '0'], { FORCE_COLOR: '1' })
    child.stdout.on('data', () => printed.stdout.includes('/token') && child.kill(signal))
    const { code, stdout, stderr } = await ended
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('\u001B[32m✓')
  })

  it('has nothing to say of NO_COLOR beside FORCE_COLOR', async () => {
    const environment = { TOKEN: token, NO_COLOR: '1', FORCE_COLOR: '1' }
    const { code, stdout, stderr } = await start('sh', ['-c', decodePiped], environment).ended
    expect([code, stdout, stderr]).toEqual([0, expect.stringContaining('sub  john'), ''])
  })

  it('tells a fault of its own from a refusal', async () => {
    const breaks = encodeURIComponent('Intl.RelativeTimeFormat.prototype.format = () => { throw new Error("broken") }')
    const { code, stdout, stderr } = await startMain(['decode', token], {
      NODE_OPTIONS: `--import=data:text/javascript,${breaks}`,
    }).ended
    expect([code, stdout]).toEqual([70, ''])
    expect(stderr).toContain('claimcheck has a fault of its own: Error: broken')
    expect(stderr).not.toContain(token)
  })
})
