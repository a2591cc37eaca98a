import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TestResponse } from './key-server.ts'
import { metadataPath, KeyServer } from './key-server.ts'
import { Terminal } from './terminal.ts'
import type { TestContext } from './terminal.ts'
import { audience, forge, jwk, secret, sign, signWithSecret } from './tokens.ts'

// The doctor reports what core warns about.
vi.spyOn(process, 'emitWarning').mockReturnValue()

const server = await KeyServer.start()
const { url } = server
const issuer = 'https://login.example'
/** Its header is longer than what core quotes, so the quoted part contains no dot. */
const token = forge({ alg: 'ES256', kid: 'k'.repeat(90) }, { sub: 'john', exp: 1_800_000_000 })
const shortToken = forge({ alg: 'ES256' }, { sub: 'john' })

beforeEach(() => server.reset())
afterAll(() => server.close())

/** Returns everything that the doctor prints, as text and as JSON. */
async function print(args: readonly string[], context: TestContext = {}): Promise<string> {
  const terminals = [new Terminal(context), new Terminal(context)]
  for (const [index, terminal] of terminals.entries()) {
    expect(await terminal.run('doctor', ...args, ...(index === 0 ? [] : ['--json']))).not.toBe(2)
  }
  return terminals.map(({ stdout, stderr }) => stdout + stderr).join('\n')
}

describe('claimcheck doctor', () => {
  it.each([
    [{ JWT_ISSUER: 'https://admin:hunter2pw@i.example' }],
    [{ JWT_ISSUER: 'admin:hunter2pw@i.example' }],
    [{ JWT_ISSUER: 'https://admin:hunt/hunter2pw@i.example' }],
    [{ JWT_ISSUER: 'https://i.example/?key=hunter2pw' }],
    [{ JWT_ISSUER: 'https://admin:hunter2pw@i.example', JWT_SECRET: secret }],
    [{ JWT_ISSUER: issuer, JWT_JWKS_URL: 'https//x/jwks?apikey=hunter2pw' }],
    [{ JWT_ISSUER: issuer, JWT_JWKS_URL: 'https//admin:hunter2pw@x/jwks' }],
    [{ JWT_ISSUER: issuer, JWT_JWKS_URL: 'file:///jwks?apikey=hunter2pw' }],
  ])('prints no secret of a URL in %j', async (env) => {
    const fetch = async () => Response.json({}, { status: 404 })
    const text = await signWithSecret(env.JWT_ISSUER)
    const words = await print(['--audience', audience], { env, fetch, stdin: { kind: 'pipe', text } })
    expect(words).not.toContain('hunter2pw')
    expect(words).toContain('JWT_ISSUER')
  })

  it('prints an issuer unchanged if it contains no secret', async () => {
    const env = { JWT_ISSUER: 'https://EYCLOAK-prod.example', JWT_AUDIENCE: 'https://keycloak-prod.example' }
    const words = await print([], { env: { ...env, JWT_SECRET: secret } })
    for (const name of Object.values(env)) expect(words).toContain(`  ${name} `)
  })

  it.each([
    ['JWT_SECRET that is also the audience', { JWT_SECRET: secret, JWT_AUDIENCE: secret }],
    ['a long JWT_SECRET', { JWT_SECRET: `${secret}"${secret}`, JWT_AUDIENCE: `${secret}"${secret}` }],
    ['a JWT_SECRET that is too short', { JWT_SECRET: 'short-one', JWT_AUDIENCE: 'short-one' }],
    [
      'a JWT_SECRET that a key option replaces',
      { JWT_SECRET: secret, JWT_AUDIENCE: secret },
      ['--jwks-url', `${url}/keys`],
    ],
  ])('does not print %s', async (_what, env, args: readonly string[] = []) => {
    const stdin = { kind: 'pipe', text: await signWithSecret(issuer, {}, env.JWT_SECRET) } as const
    const words = await print(args, { env: { ...env, JWT_ISSUER: issuer }, stdin })
    expect(words).not.toContain(env.JWT_SECRET.slice(0, 9))
    expect(words).toContain('(the secret)')
  })

  it.each<[string, TestResponse]>([
    [
      'a jwks_uri that is rejected',
      { issuer: url, jwks_uri: 'http://u:hunter2pw@host.example/jwks?api_key=hunter2pw' },
    ],
    ['another issuer', { issuer: 'https://u:hunter2pw@host.example', jwks_uri: `${url}/keys` }],
  ])('prints no credentials or query of %s in the metadata', async (_what, metadata) => {
    server.reset({ [metadataPath]: metadata })
    const words = await print(['--issuer', url, '--audience', audience])
    expect(words).not.toContain('hunter2pw')
    expect(words).toContain('host.example')
  })
})

describe.each([
  ['a token', shortToken],
  ['a token with a long header', token],
])('claimcheck doctor with %s in the wrong place', (which, canary) => {
  const [header = '', payload = ''] = canary.split('.')
  const visibleParts = (words: string) => [header.slice(0, 30), payload, 'ey…'].filter((part) => words.includes(part))

  it.each([
    [['--issuer', canary, '--audience', audience]],
    [['--issuer', `${url}/${canary}`, '--audience', audience]],
    [['--issuer', url, '--audience', canary]],
    [['--issuer', url, '--audience', audience, '--algorithms', canary]],
    [['--issuer', url, '--audience', audience, '--jwks-url', canary]],
    [['--issuer', url, '--audience', audience, '--jwks-url', `${url}/${canary}`]],
    [['--issuer', url, '--audience', audience, '--role', canary]],
  ])(`redacts ${which} in an option: %#`, async (args) => {
    const stdin = { kind: 'pipe', text: await sign(url) } as const
    expect(visibleParts(await print(args, { stdin }))).toEqual(['ey…'])
  })

  it.each<[string, TestResponse]>([
    ['an issuer', { issuer: canary, jwks_uri: `${url}/keys` }],
    ['a redirect', (response) => void response.writeHead(302, { Location: `/${canary}` }).end()],
    ['a jwks_uri', { issuer: url, jwks_uri: `http://host.example/${canary}` }],
  ])(`redacts ${which} in the metadata: %s`, async (_what, response) => {
    server.reset({ [metadataPath]: response })
    expect(visibleParts(await print(['--issuer', url, '--audience', audience]))).toEqual(['ey…'])
  })

  it(`redacts ${which} in the kid of a key`, async () => {
    server.reset({ '/keys': { keys: [{ ...jwk, kid: canary }] } })
    expect(visibleParts(await print(['--issuer', url, '--audience', audience]))).toEqual(['ey…'])
  })

  it.each([[{ iss: canary }], [{ aud: canary }], [{ roles: [canary] }], [{ roles: [`a\n${canary}`] }]])(
    `redacts ${which} in a claim: %#`,
    async (claims) => {
      const stdin = { kind: 'pipe', text: await sign(url, claims) } as const
      expect(visibleParts(await print(['--issuer', url, '--audience', audience], { stdin }))).toEqual(['ey…'])
    },
  )
})

describe('claimcheck decode', () => {
  it.each([[[]], [['--json']]])('redacts a token in a claim, with the options %j', async (options) => {
    const terminal = new Terminal({
      stdin: { kind: 'pipe', text: forge({ alg: 'ES256' }, { actor: shortToken, exp: 1 }) },
    })
    expect(await terminal.run('decode', '-', ...options)).toBe(0)
    for (const part of shortToken.split('.')) expect(terminal.stdout).not.toContain(part)
    expect(terminal.stdout).toContain('ey…')
  })
})
