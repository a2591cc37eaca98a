import { expect, it } from 'vitest'
import { describeHere } from '../harness/describe-here.ts'
import { runNodeBundle, runScript } from '../harness/script.ts'
import { startWorker } from '../harness/worker.ts'

const judged = { good: 'accepted', wrong: [] }
const expected = { ES256: judged, RS256: judged, PS256: judged, EdDSA: judged }

describeHere('a test issuer', () => {
  it('makes tokens, good and bad, in workerd with nodejs_compat', async () => {
    const worker = await startWorker('test-issuer-worker', { nodeCompat: true })
    try {
      // Its node:crypto signs PS256 with the padding of RS256.
      expect(await (await worker.send('/')).json()).toMatchObject({ ES256: judged, RS256: judged, EdDSA: judged })
    } finally {
      await worker.stop()
    }
  })

  it.each(['bun', 'deno', 'node'] as const)('makes tokens, good and bad, in %s', async (runtime) => {
    expect(JSON.parse(await runScript(runtime, 'test-issuer-script'))).toEqual(expected)
  })

  it.each(['bun', 'deno', 'node'] as const)(
    'makes tokens, good and bad, in %s from a bundle made for Node',
    async (runtime) => {
      expect(JSON.parse(await runNodeBundle(runtime, 'test-issuer-script'))).toEqual(expected)
    },
  )
})
