import { createGate } from '@claimcheck/core/adapter'
import { okta } from '@claimcheck/core/presets'
import { createAuth } from '@claimcheck/express'
import { jwtAuth } from '@claimcheck/fastify'

const auth = createAuth({ issuer: null, audience: null, keys: { jwks: { keys: [] } } })

export const gate = createGate(auth)
export const plugin = jwtAuth
export const ofOkta = createAuth(okta({ domain: 'acme.okta.com', roles: ['editor'] })).hasRole('editor')
