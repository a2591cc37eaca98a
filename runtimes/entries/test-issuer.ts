// Makes a test issuer of every algorithm, and an Auth of its options.
import { createAuth } from '@claimcheck/core'
import { badCredentialByCode, createTestIssuer } from '@claimcheck/testing'
import type { TestAlgorithm } from '@claimcheck/testing'
import { outcomeOf } from './outcome.ts'

/** By algorithm: what became of a good token, and which bad credentials are not rejected with their code. */
export async function testEveryAlgorithm(): Promise<Record<string, { good: string; wrong: readonly string[] }>> {
  const outcomes: Record<string, { good: string; wrong: readonly string[] }> = {}
  for (const algorithm of ['ES256', 'RS256', 'PS256', 'EdDSA'] as const satisfies TestAlgorithm[]) {
    // Workers and Deno have no NODE_ENV, so a test must say that it is allowed to run.
    const issuer = createTestIssuer({ algorithm, inProduction: true })
    const auth = createAuth({ ...issuer.options, roles: { admin: 'admin' } })
    const good = await outcomeOf(auth.authenticate({ headers: issuer.asUser('john', { admin: true }) }))
    const wrong: string[] = []
    for (const [code, name] of Object.entries(badCredentialByCode)) {
      if (code === 'cross_site_request' || code === 'access_denied' || code === 'scope_insufficient') continue
      const outcome = await outcomeOf(auth.authenticate({ headers: issuer.bad[name]() as Record<string, string> }))
      if (outcome !== code) wrong.push(`${code}: ${outcome}`)
    }
    outcomes[algorithm] = { good, wrong }
  }
  return outcomes
}
