// Classes, symbols and policies are the same, whichever entry of whichever package they come from, imported or required.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import * as core from '@claimcheck/core'
import * as adapter from '@claimcheck/core/adapter'
import { auditOptions } from '@claimcheck/core/audit'
import { createDecrypter } from '@claimcheck/core/encryption'
import { createRevocations } from '@claimcheck/core/revocation'
import * as forExpress from '@claimcheck/express'
import * as forFastify from '@claimcheck/fastify'
import * as forKoa from '@claimcheck/koa'
import { createTestIssuer } from '@claimcheck/testing'

const required = createRequire(import.meta.url)('@claimcheck/core')
const packages = [core, required, forExpress, forFastify, forKoa]
for (const { AuthError, ConfigError, hasRole } of packages) {
  assert.equal(AuthError, core.AuthError)
  assert.equal(ConfigError, core.ConfigError)
  assert.equal(hasRole, core.hasRole)
}

// Errors of every entry are recognised by every package.
const configErrors = [() => createDecrypter({}), () => createRevocations({ max: 'a' }), () => auditOptions(null)]
for (const fails of configErrors) assert.throws(fails, core.ConfigError)
const revocation = createRevocations()
const { options, asUser, bad } = createTestIssuer()
const auth = core.createAuth({ ...options, revocation })
const error = await auth.authenticate({ headers: bad.expired() }).catch((thrown) => thrown)
for (const { isAuthError } of packages) assert.equal(isAuthError(error), true)
assert.equal(adapter.responseOf(error).status, 401)

// A policy of one package decides about a principal of another, and guards read what the gate of another entry stored.
const principal = await required.createAuth(options).authenticate({ headers: asUser('john', { admin: true }) })
const policy = forFastify.allOf(
  core.hasRole('admin'),
  forExpress.where('named john', ({ subject }) => subject === 'john'),
)
assert.equal(forKoa.decide(principal, policy).allowed, true)
const carrier = {}
assert.equal((await adapter.createGate(auth).admit(carrier, { headers: asUser('john', { jti: '1' }) })).rejection, null)
assert.equal((await adapter.checkPolicy(carrier, forExpress.hasRole('admin')))?.response.status, 403)

process.stdout.write('the entries work together\n')
