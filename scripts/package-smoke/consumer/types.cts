import { createAuth } from '@claimcheck/core'

export const auth = createAuth({ issuer: null, audience: null, keys: { jwks: { keys: [] } } })
