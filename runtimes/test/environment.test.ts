import { expect, it } from 'vitest'
import { describeHere } from '../harness/describe-here.ts'
import { runNodeBundle, runScript } from '../harness/script.ts'
import { startWorker } from '../harness/worker.ts'

const variables = {
  JWT_ISSUER: 'https://issuer.test',
  JWT_AUDIENCE: 'runtimes',
  JWT_SECRET: 'thirty-two bytes for the environment, no less',
}
const names = 'JWT_ISSUER,JWT_AUDIENCE,JWT_ALGORITHMS,JWT_SECRET,JWT_PUBLIC_KEY,JWT_JWKS_URL'
const notPermitted = `ConfigError: The JWT_* variables cannot be read. Grant --allow-env=${names} (Deno), or pass the options in code`
const closed =
  'ConfigError: Invalid option "inProduction": expected true if NODE_ENV cannot be read, because an explanation also helps attackers, received false'

const permitted = {
  variables: 'accepted',
  gate: 'accepted',
  options: 'accepted',
  explain: 'accepted',
  explainInProduction: 'accepted',
  issuer: 'accepted',
  otel: 'accepted',
}
const withTestIssuer = { ...permitted, testIssuer: 'accepted', testIssuerInProduction: 'accepted' }
const denied = {
  ...withTestIssuer,
  variables: notPermitted,
  gate: notPermitted,
  explain: closed,
  testIssuer: expect.stringMatching(/^ConfigError: Invalid variable "NODE_ENV": .*--allow-env=NODE_ENV/),
}

describeHere('the environment in Deno', () => {
  const outcomes = async (permissions: readonly string[], env = {}): Promise<unknown> =>
    JSON.parse(await runScript('deno', 'environment-script', { permissions, env: { ...variables, ...env } }))

  it('is not read without permission: a ConfigError names what to permit, and production is assumed', async () => {
    expect(await outcomes([])).toEqual(denied)
    expect(await outcomes(['--allow-env=JWT_ISSUER,JWT_AUDIENCE'])).toEqual(denied)
    expect(await outcomes(['--deny-env'])).toEqual(denied)
    expect(JSON.parse(await runNodeBundle('deno', 'environment-script'))).toEqual(denied)
  })

  it('is read with the permission that the errors name', async () => {
    expect(await outcomes([`--allow-env=${names},NODE_ENV`])).toEqual(withTestIssuer)
    expect(await outcomes(['--allow-env'])).toEqual(withTestIssuer)
    expect(await outcomes([`--allow-env=${names}`])).toEqual({
      ...denied,
      variables: 'accepted',
      gate: 'accepted',
    })
  })

  it('closes what is closed in production', async () => {
    expect(await outcomes(['--allow-env'], { NODE_ENV: 'production' })).toMatchObject({
      explain: expect.stringContaining('true if NODE_ENV is production'),
      testIssuer: expect.stringMatching(/^ConfigError: Invalid variable "NODE_ENV": .*, received production$/),
      testIssuerInProduction: 'accepted',
    })
  })
})

describeHere('the environment elsewhere', () => {
  it.each(['bun', 'node'] as const)('is read in %s', async (runtime) => {
    expect(JSON.parse(await runScript(runtime, 'environment-script', { env: variables }))).toEqual(withTestIssuer)
  })

  it('is empty in workerd, where explain is closed if there is no NODE_ENV to read', async () => {
    const worker = await startWorker('environment-worker')
    try {
      expect(await (await worker.send('/')).json()).toEqual({
        ...permitted,
        variables: expect.stringMatching(/^ConfigError: Invalid variable "JWT_ISSUER": expected the exact iss/),
        gate: expect.stringMatching(/^ConfigError: Invalid variable "JWT_ISSUER": expected the exact iss/),
        explain: closed,
        otel: expect.stringMatching(/^ConfigError: instrument needs node:diagnostics_channel/),
      })
    } finally {
      await worker.stop()
    }
  })
})
