import { createGate } from '@claimcheck/core/adapter'
import { createAuth } from '@claimcheck/express'
import { jwtAuth } from '@claimcheck/fastify'

const auth = createAuth({ issuer: null, audience: null, keys: { jwks: { keys: [] } } })

export const gate = createGate(auth)
export const plugin = jwtAuth
