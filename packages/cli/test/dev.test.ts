import { createServer, request } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAuth } from '@claimcheck/core'
import type { Auth } from '@claimcheck/core'
import { afterEach, describe, expect, it } from 'vitest'
import { Terminal } from './terminal.ts'

interface Started {
  readonly variables: { readonly JWT_ISSUER: string; readonly JWT_AUDIENCE: string }
  readonly tokenEndpoint: string
  readonly token: string
  readonly expiresIn: number
}

const running: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of running.splice(0)) await stop()
})

/** Starts the issuer on a free port, and returns its JSON output. */
async function dev(...args: readonly string[]) {
  const terminal = new Terminal({ now: Date.now })
  const ended = terminal.run('dev', '--port', '0', '--json', ...args)
  running.push(async () => {
    terminal.pressCtrlC()
    await ended
  })
  while (terminal.stdout === '') await new Promise((resolve) => setImmediate(resolve))
  const started = terminal.json() as Started
  const auth = createAuth({
    issuer: started.variables.JWT_ISSUER,
    audience: started.variables.JWT_AUDIENCE,
    profile: 'at+jwt',
  })
  const requestToken = async (body: string | object) => postToken(started.tokenEndpoint, body)
  return { ...started, terminal, ended, auth, requestToken }
}

async function postToken(tokenEndpoint: string, body: string | object) {
  const init =
    typeof body === 'string'
      ? { body: new URLSearchParams(body) }
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const response = await fetch(tokenEndpoint, { method: 'POST', ...init })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}

async function principalOf(auth: Auth, token: unknown) {
  const { subject, roles, scopes, claims } = await auth.verifyToken(String(token))
  return { subject, roles, scopes, claims }
}

describe('claimcheck dev', () => {
  it('prints a token that an API accepts with only the two printed variables', async () => {
    const { auth, token, variables, expiresIn } = await dev()
    expect(variables).toEqual({
      JWT_ISSUER: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      JWT_AUDIENCE: 'https://api.example',
    })
    expect(await principalOf(auth, token)).toMatchObject({ subject: 'dev', roles: [] })
    expect(expiresIn).toBe(3600)
  })

  it('puts the user, roles, scopes and claims of the options into the default token', async () => {
    const args = [
      '--user',
      'john',
      '--role',
      'admin',
      '--role',
      'editor',
      '--scope',
      'a b',
      '--scope',
      'c',
      '--claim',
      'tenant=42',
      '--claim',
      'name=John Doe',
    ]
    const { auth, token, requestToken } = await dev(
      ...args,
      '--expires',
      '60',
      '--algorithm',
      'EdDSA',
      '--audience',
      'mine',
    )
    const expected = {
      subject: 'john',
      roles: ['admin', 'editor'],
      scopes: ['a', 'b', 'c'],
      claims: { tenant: 42, name: 'John Doe', aud: 'mine' },
    }
    expect(await principalOf(auth, token)).toMatchObject(expected)
    const { body } = await requestToken('grant_type=client_credentials')
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 60 })
    expect(await principalOf(auth, body['access_token'])).toMatchObject(expected)
  })

  it('gives another user only the requested scopes and claims, and nothing of the default user', async () => {
    const { auth, requestToken } = await dev('--role', 'admin', '--claim', 'tenant=42')
    const { status, headers, body } = await requestToken(
      'grant_type=password&username=jane&scope=read&claims={"roles":["editor"]}',
    )
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    const { claims, ...others } = await principalOf(auth, body['access_token'])
    expect(others).toEqual({ subject: 'jane', roles: ['editor'], scopes: ['read'] })
    expect(claims).not.toHaveProperty('tenant')
    const asJson = await requestToken({ username: 'jane', claims: { admin: true } })
    expect(await principalOf(auth, asJson.body['access_token'])).toMatchObject({ subject: 'jane', roles: ['admin'] })
  })

  it.each([
    [
      'another grant type',
      'grant_type=authorization_code',
      'unsupported_grant_type',
      /must be client_credentials or password/,
    ],
    ['claims that are not an object', 'claims=[]', 'invalid_request', /claims must be a JSON object/],
    ['a claim that only the issuer sets', 'claims={"exp":1}', 'invalid_request', /The claim exp must be left out/],
    ['a body that is an array', [{ username: 'jane' }], 'invalid_request', /a form or a JSON object/],
    ['a body that is too long', `scope=${'a'.repeat(20_000)}`, 'invalid_request', /shorter than 16384 bytes/],
    ['a username that is a number', { username: 7 }, 'invalid_request', /sub must be a non-empty string/],
  ])('responds with an OAuth error to %s', async (_what, parameters, error, words) => {
    const { requestToken } = await dev()
    const { status, body } = await requestToken(parameters)
    expect([status, body]).toEqual([400, { error, error_description: expect.stringMatching(words) }])
  })

  it('serves the metadata at both paths, responds with 404 or 405 to other requests, and logs no query and no token', async () => {
    const { variables, terminal, token } = await dev()
    const url = variables.JWT_ISSUER
    for (const path of ['openid-configuration', 'oauth-authorization-server']) {
      const metadata = await (await fetch(`${url}/.well-known/${path}`)).json()
      expect(metadata).toMatchObject({
        issuer: url,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/.well-known/jwks.json`,
      })
    }
    expect((await fetch(`${url}/login`)).status).toBe(404)
    const byGet = await fetch(`${url}/token?t=canary`)
    await fetch(`${url}/${token}`)
    expect([byGet.status, byGet.headers.get('allow')]).toEqual([405, 'POST'])
    expect(terminal.stderr).toContain('GET /.well-known/openid-configuration → 200\n')
    expect(terminal.stderr).toMatch(/GET \/token → 405\nGET \/ey… → 404\n$/)
  })

  it('responds only to local host names, and not to web pages of other origins', async () => {
    const { variables } = await dev()
    const { port } = new URL(variables.JWT_ISSUER)
    const statusAs = async (host: string) => {
      const sent = request({ host: '127.0.0.1', port, path: '/token', method: 'POST', headers: { host } }).end()
      const [response] = (await once(sent, 'response')) as [{ statusCode: number; resume: () => void }]
      response.resume()
      return response.statusCode
    }
    expect(await statusAs('localhost:1')).toBe(200)
    expect(await statusAs('evil.example')).toBe(403)
    const response = await fetch(`${variables.JWT_ISSUER}/token`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
    })
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('prints the variables to copy, the token, and a command for another token', async () => {
    const terminal = new Terminal({ now: Date.now })
    const ended = terminal.run('dev', '--port', '0', '--audience', "it's mine")
    while (terminal.stdout === '') await new Promise((resolve) => setImmediate(resolve))
    expect(terminal.stdout).toMatch(/\nexport JWT_ISSUER=http:\/\/127\.0\.0\.1:\d+\n/)
    expect(terminal.stdout).toContain(String.raw`export JWT_AUDIENCE='it'\''s mine'`)
    expect(terminal.stdout).toMatch(/\nToken for dev\neyJ[\w-]+\.eyJ[\w-]+\.[\w-]+\n/)
    expect(terminal.stdout).toMatch(/\ncurl http:\/\/127\.0\.0\.1:\d+\/token \\\n {2}-d username=jane -d '.*'\n$/)
    terminal.pressCtrlC()
    expect(await ended).toBe(0)
  })

  it('stops on Ctrl-C, even if clients keep connections open', async () => {
    const { terminal, ended, variables } = await dev()
    await fetch(variables.JWT_ISSUER)
    terminal.pressCtrlC()
    expect(await ended).toBe(0)
    await expect(fetch(variables.JWT_ISSUER)).rejects.toThrow()
  })

  it('handles Ctrl-C from its first output on', async () => {
    const terminal = new Terminal({ onPrint: ({ pressCtrlC }) => pressCtrlC() })
    expect(await terminal.run('dev', '--port', '0')).toBe(0)
  })

  it('reports that its port is in use', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await once(blocker, 'listening')
    const { port } = blocker.address() as AddressInfo
    const terminal = new Terminal()
    expect(await terminal.run('dev', '--port', String(port))).toBe(2)
    expect(terminal.stderr).toBe(`error: Port ${port} is in use. Choose another --port, or 0 for any free port.\n`)
    blocker.close()
  })

  it.each([
    [['--port', '70000'], /--port .* is invalid\. It must be a whole number from 0 to 65535\./],
    [['--expires', '0'], /--expires .* is invalid\. It must be a whole number from 1 to 86400\./],
    [['--claim', 'admin'], /--claim must have the form name=value\./],
    [['--claim', 'exp=1'], /The claim exp must be left out: it is set from the option "accessTokenSeconds"\./],
    [['--audience', ''], /--audience .* is invalid\. It must not be empty\./],
    [['--audience', 'a,b'], /--audience .* is invalid\. It must fit into JWT_AUDIENCE: no commas/],
    [['--audience', ' x'], /--audience .* is invalid\. It must fit into JWT_AUDIENCE/],
    [['--audience', '*'], /--audience .* is invalid\. It must fit into JWT_AUDIENCE: .*, and not \*\./],
    [['--user', ''], /--user .* is invalid\. It must not be empty\./],
    [['--algorithm', 'HS256'], /Allowed choices are ES256/],
  ])('rejects the options %j and explains why', async (args, words) => {
    const terminal = new Terminal()
    expect([await terminal.run('dev', '--port', '0', ...args), terminal.stdout]).toEqual([2, ''])
    expect(terminal.stderr).toMatch(words)
  })
})
