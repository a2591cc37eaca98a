import { Response } from 'miniflare'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeHere } from '../harness/describe-here.ts'
import { runNodeBundle, runScript } from '../harness/script.ts'
import { startWorker } from '../harness/worker.ts'
import type { Worker } from '../harness/worker.ts'

describeHere('workerd', () => {
  let worker: Worker
  beforeAll(async () => {
    worker = await startWorker('smoke-worker', { outbound: (request) => new Response(`served ${request.url}`) })
  })
  afterAll(() => worker.stop())

  it('verifies a token', async () => {
    expect(await (await worker.send('/')).json()).toBe('user-1')
  })

  it('reads the time that each request sets', async () => {
    expect(await (await worker.send('/now', { now: 1000 })).json()).toBe(1000)
    expect(await (await worker.send('/now', { now: 2000 })).json()).toBe(2000)
  })

  it('fetches from the server that the test plays', async () => {
    expect(await (await worker.send('/outbound')).text()).toBe('served https://outside.test/')
  })
})

describeHere.each(['bun', 'deno', 'node'] as const)('%s', (runtime) => {
  it('verifies a token', async () => {
    expect(await runScript(runtime, 'smoke-script')).toBe('user-1\n')
  })

  it('verifies a token in a bundle made for Node', async () => {
    expect(await runNodeBundle(runtime, 'smoke-script')).toBe('user-1\n')
  })
})
