import { expect, it } from 'vitest'
import { describeHere } from '../harness/describe-here.ts'
import { runNodeBundle, runScript } from '../harness/script.ts'
import { startWorker } from '../harness/worker.ts'

const forms = ['JWK', 'JWK with undefined members', 'JWK Set', 'PEM', 'CryptoKey']
const publicAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

/** Every good token is accepted, and every forged one rejected for its signature. */
function expected(hasKeyObjects: boolean): Record<string, readonly string[]> {
  const all = hasKeyObjects ? [...forms, 'KeyObject'] : forms
  const names = publicAlgorithms.flatMap((alg) => all.map((form) => `${alg} ${form}`))
  const secrets = ['HS256 secret', 'HS384 secret', 'HS512 secret']
  return Object.fromEntries([...secrets, ...names].map((name) => [name, ['accepted', 'signature_invalid']]))
}

describeHere('signatures', () => {
  it.each([
    ['without nodejs_compat', false],
    ['with nodejs_compat', true],
  ])('are verified in workerd for every algorithm and form of key, %s', async (_name, nodeCompat) => {
    const worker = await startWorker('algorithms-worker', { nodeCompat })
    try {
      expect(await (await worker.send('/')).json()).toEqual(expected(nodeCompat))
    } finally {
      await worker.stop()
    }
  })

  it.each(['bun', 'deno', 'node'] as const)(
    'are verified in %s for every algorithm and form of key',
    async (runtime) => {
      expect(JSON.parse(await runScript(runtime, 'algorithms-script'))).toEqual(expected(true))
    },
  )

  it.each(['bun', 'deno', 'node'] as const)('are verified in %s by a bundle made for Node', async (runtime) => {
    expect(JSON.parse(await runNodeBundle(runtime, 'algorithms-script'))).toEqual(expected(true))
  })
})
