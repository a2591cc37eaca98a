// Does everything that reads the environment, and reports what each did.
import { createAuth } from '@claimcheck/core'
import { createGate } from '@claimcheck/core/adapter'
import { createIssuer, createSessionStore, generateKeys } from '@claimcheck/issuer'
import { instrument } from '@claimcheck/otel'
import { outcomeOf } from './outcome.ts'

const names = { issuer: 'https://issuer.test', audience: 'runtimes' }
const keys = { secret: 'thirty-two bytes for the environment, no less' }

export async function readEverything(): Promise<Record<string, string>> {
  const attempt = (act: () => unknown) => outcomeOf(Promise.resolve().then(act))
  const auth = createAuth({ ...names, keys })
  return {
    variables: await attempt(() => createAuth().close()),
    gate: await attempt(() => createGate(undefined).close()),
    options: await attempt(() => auth.keyStatus()),
    explain: await attempt(() => auth.explain({ headers: {} })),
    explainInProduction: await attempt(() => auth.explain({ headers: {} }, { inProduction: true })),
    issuer: await attempt(async () => {
      const store = createSessionStore()
      await createIssuer({ ...names, clientId: 'web', keys: await generateKeys('ES256'), store }).login({ sub: 'john' })
    }),
    otel: await attempt(() => instrument()()),
  }
}
