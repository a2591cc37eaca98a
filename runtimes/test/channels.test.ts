import { expect, it } from 'vitest'
import { describeHere } from '../harness/describe-here.ts'
import { runNodeBundle, runScript } from '../harness/script.ts'
import { startWorker } from '../harness/worker.ts'

const outcomes = ['accepted', 'signature_invalid', 'accepted', 'accepted']
const published = {
  messages: [
    'claimcheck:keys',
    'claimcheck:authenticate',
    'claimcheck:authenticate',
    'claimcheck:reject',
    'claimcheck:authenticate',
    'claimcheck:reject',
    'claimcheck:revoke',
  ],
  spans: ['claimcheck.keys.fetch', 'claimcheck.authenticate', 'claimcheck.authenticate', 'claimcheck.authenticate'],
  measurements: [
    'claimcheck.keys.fetch.duration',
    'claimcheck.authenticate.duration',
    'claimcheck.authenticate.duration',
    'claimcheck.rejections',
    'claimcheck.authenticate.duration',
    'claimcheck.rejections',
    'claimcheck.revocations',
  ],
  instrumented: 'accepted',
  outcomes,
  isStartedNow: true,
}

async function inWorker(path: string, nodeCompat: boolean): Promise<unknown> {
  const worker = await startWorker('channels-worker', { nodeCompat })
  try {
    return await (await worker.send(path)).json()
  } finally {
    await worker.stop()
  }
}

describeHere('channels and OpenTelemetry', () => {
  it('receive every message in workerd with nodejs_compat', async () => {
    expect(await inWorker('/', true)).toEqual(published)
  })

  it('do not change a verdict in workerd if a subscriber throws', async () => {
    expect(await inWorker('/broken', true)).toMatchObject({ outcomes, messages: published.messages })
  })

  it('are reported as missing in workerd without nodejs_compat, where tokens are verified all the same', async () => {
    const seen = await inWorker('/', false)
    expect(seen).toMatchObject({ messages: [], spans: [], measurements: [], outcomes })
    expect(seen).toHaveProperty('instrumented', expect.stringMatching(/^ConfigError: instrument .* nodejs_compat/))
  })

  it.each(['bun', 'deno', 'node'] as const)('receive every message in %s', async (runtime) => {
    expect(JSON.parse(await runScript(runtime, 'channels-script'))).toEqual(published)
  })

  it.each(['bun', 'deno', 'node'] as const)(
    'receive every message in %s from a bundle made for Node',
    async (runtime) => {
      expect(JSON.parse(await runNodeBundle(runtime, 'channels-script'))).toEqual(published)
    },
  )
})
