import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Answer } from './key-server.ts'
import { metadataPath, OddServer } from './key-server.ts'
import { Terminal } from './terminal.ts'
import type { TestSurroundings } from './terminal.ts'
import { audience, forge, jwk, secret, sign, signBySecret } from './tokens.ts'

// What core warns of, the doctor says itself.
vi.spyOn(process, 'emitWarning').mockReturnValue()

const server = await OddServer.start()
const { url } = server
const issuer = 'https://login.example'
/** With a header that fills what core quotes, so that no dot is left of it. */
const token = forge({ alg: 'ES256', kid: 'k'.repeat(90) }, { sub: 'john', exp: 1_800_000_000 })
const shortToken = forge({ alg: 'ES256' }, { sub: 'john' })

beforeEach(() => server.behave())
afterAll(() => server.close())

/** All that the doctor prints, for people and for machines. */
async function printed(args: readonly string[], surroundings: TestSurroundings = {}): Promise<string> {
  const terminals = [new Terminal(surroundings), new Terminal(surroundings)]
  for (const [index, terminal] of terminals.entries()) {
    expect(await terminal.run('doctor', ...args, ...(index === 0 ? [] : ['--json']))).not.toBe(2)
  }
  return terminals.map(({ stdout, stderr }) => stdout + stderr).join('\n')
}

describe('the doctor prints no secret', () => {
  it.each([
    [{ JWT_ISSUER: 'https://admin:hunter2pw@i.example' }],
    [{ JWT_ISSUER: 'admin:hunter2pw@i.example' }],
    [{ JWT_ISSUER: 'https://admin:hunt/hunter2pw@i.example' }],
    [{ JWT_ISSUER: 'https://i.example/?key=hunter2pw' }],
    [{ JWT_ISSUER: 'https://admin:hunter2pw@i.example', JWT_SECRET: secret }],
    [{ JWT_ISSUER: issuer, JWT_JWKS_URL: 'https//x/jwks?apikey=hunter2pw' }],
    [{ JWT_ISSUER: issuer, JWT_JWKS_URL: 'https//admin:hunter2pw@x/jwks' }],
    [{ JWT_ISSUER: issuer, JWT_JWKS_URL: 'file:///jwks?apikey=hunter2pw' }],
  ])('of a URL in %j', async (env) => {
    const fetch = async () => Response.json({}, { status: 404 })
    const text = await signBySecret(env.JWT_ISSUER)
    const words = await printed(['--audience', audience], { env, fetch, stdin: { kind: 'pipe', text } })
    expect(words).not.toContain('hunter2pw')
    expect(words).toContain('JWT_ISSUER')
  })

  it('of an issuer changes no letter otherwise', async () => {
    const env = { JWT_ISSUER: 'https://EYCLOAK-prod.example', JWT_AUDIENCE: 'https://keycloak-prod.example' }
    const words = await printed([], { env: { ...env, JWT_SECRET: secret } })
    for (const name of Object.values(env)) expect(words).toContain(`  ${name} `)
  })

  it.each([
    ['JWT_SECRET as the audience too', { JWT_SECRET: secret, JWT_AUDIENCE: secret }],
    ['a long one', { JWT_SECRET: `${secret}"${secret}`, JWT_AUDIENCE: `${secret}"${secret}` }],
    ['one that is refused', { JWT_SECRET: 'short-one', JWT_AUDIENCE: 'short-one' }],
    [
      'JWT_SECRET beside keys of an option',
      { JWT_SECRET: secret, JWT_AUDIENCE: secret },
      ['--jwks-url', `${url}/keys`],
    ],
  ])('of %s', async (_what, env, args: readonly string[] = []) => {
    const stdin = { kind: 'pipe', text: await signBySecret(issuer, {}, env.JWT_SECRET) } as const
    const words = await printed(args, { env: { ...env, JWT_ISSUER: issuer }, stdin })
    expect(words).not.toContain(env.JWT_SECRET.slice(0, 9))
    expect(words).toContain('(the secret)')
  })

  it.each<[string, Answer]>([
    ['a jwks_uri that is refused', { issuer: url, jwks_uri: 'http://u:hunter2pw@host.example/jwks?api_key=hunter2pw' }],
    ['another issuer', { issuer: 'https://u:hunter2pw@host.example', jwks_uri: `${url}/keys` }],
  ])('of a server that names %s', async (_what, metadata) => {
    server.behave({ [metadataPath]: metadata })
    const words = await printed(['--issuer', url, '--audience', audience])
    expect(words).not.toContain('hunter2pw')
    expect(words).toContain('host.example')
  })
})

describe.each([
  ['a token', shortToken],
  ['a token with a long header', token],
])('the doctor prints %s never back whole', (_which, canary) => {
  const [header = '', payload = ''] = canary.split('.')
  const shown = (words: string) => [header.slice(0, 30), payload, 'ey…'].filter((part) => words.includes(part))

  it.each([
    [['--issuer', canary, '--audience', audience]],
    [['--issuer', `${url}/${canary}`, '--audience', audience]],
    [['--issuer', url, '--audience', canary]],
    [['--issuer', url, '--audience', audience, '--algorithms', canary]],
    [['--issuer', url, '--audience', audience, '--jwks-url', canary]],
    [['--issuer', url, '--audience', audience, '--jwks-url', `${url}/${canary}`]],
    [['--issuer', url, '--audience', audience, '--role', canary]],
  ])('out of options: %#', async (args) => {
    const stdin = { kind: 'pipe', text: await sign(url) } as const
    expect(shown(await printed(args, { stdin }))).toEqual(['ey…'])
  })

  it.each<[string, Answer]>([
    ['an issuer', { issuer: canary, jwks_uri: `${url}/keys` }],
    ['a redirect', (response) => void response.writeHead(302, { Location: `/${canary}` }).end()],
    ['a jwks_uri', { issuer: url, jwks_uri: `http://host.example/${canary}` }],
  ])('out of the metadata: %s', async (_what, answer) => {
    server.behave({ [metadataPath]: answer })
    expect(shown(await printed(['--issuer', url, '--audience', audience]))).toEqual(['ey…'])
  })

  it('out of the name of a key', async () => {
    server.behave({ '/keys': { keys: [{ ...jwk, kid: canary }] } })
    expect(shown(await printed(['--issuer', url, '--audience', audience]))).toEqual(['ey…'])
  })

  it.each([[{ iss: canary }], [{ aud: canary }], [{ roles: [canary] }], [{ roles: [`a\n${canary}`] }]])(
    'out of a claim: %#',
    async (claims) => {
      const stdin = { kind: 'pipe', text: await sign(url, claims) } as const
      expect(shown(await printed(['--issuer', url, '--audience', audience], { stdin }))).toEqual(['ey…'])
    },
  )
})

describe('claimcheck decode', () => {
  it.each([[[]], [['--json']]])('prints no token that stands in a claim: %j', async (options) => {
    const terminal = new Terminal({
      stdin: { kind: 'pipe', text: forge({ alg: 'ES256' }, { actor: shortToken, exp: 1 }) },
    })
    expect(await terminal.run('decode', '-', ...options)).toBe(0)
    for (const part of shortToken.split('.')) expect(terminal.stdout).not.toContain(part)
    expect(terminal.stdout).toContain('ey…')
  })
})
