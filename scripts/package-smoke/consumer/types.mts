import { createGate } from '@claimcheck/core/adapter'
import type { AuthenticateMessage } from '@claimcheck/core/diagnostics'
import { okta } from '@claimcheck/core/presets'
import { createAuth } from '@claimcheck/express'
import { jwtAuth } from '@claimcheck/fastify'
import { createIssuer, generateKeys } from '@claimcheck/issuer'

const auth = createAuth({ issuer: null, audience: null, keys: { jwks: { keys: [] } } })

export const gate = createGate(auth)
export const plugin = jwtAuth
export const ofOkta = createAuth(okta({ domain: 'acme.okta.com', roles: ['editor'] })).hasRole('editor')

const issuer = createIssuer({
  issuer: 'https://issuer.test',
  audience: 'a',
  clientId: 'b',
  keys: await generateKeys('ES256'),
})

export const token: string = (await issuer.login({ sub: 'john' })).accessToken
export const codeOf = ({ code }: AuthenticateMessage) => code
