import { createAuth } from '@claimcheck/core'
import type { TrustedIssuerOptions } from '@claimcheck/core'
import { auth0, cognito, entra, keycloak, okta } from '@claimcheck/core/presets'
import { createTestIssuer } from '@claimcheck/testing'
import { describe, expect, it } from 'vitest'

const audience = 'orders-api'
const tenants = '72f988bf-86f1-41af-91ab-2d7cd011db47'
const [entra2] = entra({ tenants, audience })
const [entra1] = entra({ tenants, audience, version: 1 })
const realm = { url: 'https://sso.acme.example', realm: 'acme', audience }

/** Each preset, and the claims that its tokens need according to docs/testing.md. */
const presets: readonly (readonly [
  name: string,
  preset: TrustedIssuerOptions,
  claims: Readonly<Record<string, unknown>>,
])[] = [
  ['auth0', auth0({ domain: 'acme.eu.auth0.com', audience }), {}],
  ['okta', okta({ domain: 'acme.okta.com' }), {}],
  ['keycloak', keycloak(realm), {}],
  ['keycloak, for some clients', keycloak({ ...realm, clients: 'web' }), { client_id: 'web' }],
  [
    'cognito',
    cognito({ userPoolId: 'eu-central-1_AbCdEfGhI', clients: 'web' }),
    { token_use: 'access', client_id: 'web' },
  ],
  ['entra, version 2', entra2, { azp: 'web' }],
  ['entra, version 1', entra1, { appid: 'web' }],
]

describe.each(presets)('an API with the preset %s and the options of a test issuer', (name, preset, claims) => {
  const issuer = createTestIssuer({ algorithm: 'RS256', claims })
  const auth = createAuth({ ...preset, ...issuer.options })

  it(`accepts the credentials of a user with the preset ${name}`, async () => {
    await expect(auth.authenticate({ headers: issuer.asUser('john') })).resolves.toMatchObject({ subject: 'john' })
  })

  it(`rejects a token without the claims that the preset ${name} requires`, async () => {
    const without = Object.fromEntries(Object.keys(claims).map((claim) => [claim, undefined]))
    const outcome = await auth
      .authenticate({ headers: issuer.asUser('john', without) })
      .catch((error: unknown) => error)
    expect(outcome).toMatchObject(Object.keys(claims).length === 0 ? { subject: 'john' } : { code: 'claim_invalid' })
  })
})
