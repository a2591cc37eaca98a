import { expect, it } from 'vitest'
import { describeHere } from '../harness/describe-here.ts'
import { runNodeBundle, runScript } from '../harness/script.ts'
import { startWorker } from '../harness/worker.ts'

const curves = ['P-256', 'P-384', 'P-521', 'X25519']
const kinds = [
  ...['RSA', ...curves].map((kind) => `encrypt ${kind}`),
  ...['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'].map((alg) => `sign ${alg}`),
]

function expected(hasKeyObjects: boolean): Record<string, string> {
  const forms = ['JWK', 'JWK with undefined members', 'PEM', 'CryptoKey', ...(hasKeyObjects ? ['KeyObject'] : [])]
  const names = kinds.flatMap((kind) => [
    ...forms.map((form) => `${kind} ${form}`),
    ...(kind.startsWith('sign') ? [`${kind} generated`] : []),
  ])
  return Object.fromEntries(['encrypt dir bytes', ...names].map((name) => [name, 'accepted']))
}

describeHere('issuers and encrypted tokens', () => {
  it.each([
    ['without nodejs_compat', false],
    ['with nodejs_compat', true],
  ])('work in workerd with every form of key, %s', async (_name, nodeCompat) => {
    const worker = await startWorker('encryption-worker', { nodeCompat })
    try {
      expect(await (await worker.send('/')).json()).toEqual(expected(nodeCompat))
    } finally {
      await worker.stop()
    }
  })

  it.each(['bun', 'deno', 'node'] as const)('work in %s with every form of key', async (runtime) => {
    expect(JSON.parse(await runScript(runtime, 'encryption-script'))).toEqual(expected(true))
  })

  it.each(['bun', 'deno', 'node'] as const)('work in %s in a bundle made for Node', async (runtime) => {
    expect(JSON.parse(await runNodeBundle(runtime, 'encryption-script'))).toEqual(expected(true))
  })
})
