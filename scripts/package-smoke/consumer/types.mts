import { createGate } from '@claimcheck/core/adapter'
import type { AuthenticateMessage } from '@claimcheck/core/diagnostics'
import { okta } from '@claimcheck/core/presets'
import { createAuth } from '@claimcheck/express'
import { jwtAuth } from '@claimcheck/fastify'
import { createIssuer, generateKeys } from '@claimcheck/issuer'
import { createTestIssuer } from '@claimcheck/testing'
import { testAdapter } from '@claimcheck/testing/adapter'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'

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

const { asUser, bad, options } = createTestIssuer()

export const tested = createAuth({ ...options, roles: { admin: 'admin' } }).hasRole('admin')
export const requests: RequestInit[] = [{ headers: asUser('john') }, { headers: bad.expired() }]
export const contract = () => testAdapter(() => createServer(), { describe, it })

export const token: string = (await issuer.login({ sub: 'john' })).accessToken
export const codeOf = ({ code }: AuthenticateMessage) => code
