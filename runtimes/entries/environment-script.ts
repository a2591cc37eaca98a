import { createTestIssuer } from '@claimcheck/testing'
import { outcomeOf } from './outcome.ts'
import { readEverything } from './environment.ts'

const testIssuer = (options?: { inProduction: true }) =>
  outcomeOf(
    Promise.resolve().then(() => {
      createTestIssuer(options).token()
    }),
  )

console.log(
  JSON.stringify({
    ...(await readEverything()),
    testIssuer: await testIssuer(),
    testIssuerInProduction: await testIssuer({ inProduction: true }),
  }),
)
