import * as core from '@claimcheck/core'
import { createGate } from '@claimcheck/core/adapter'
import { auditOptions } from '@claimcheck/core/audit'
import type { AuthenticateMessage } from '@claimcheck/core/diagnostics'
import { createDecrypter } from '@claimcheck/core/encryption'
import { createOneTimeValues } from '@claimcheck/core/one-time'
import { okta } from '@claimcheck/core/presets'
import { createRevocations } from '@claimcheck/core/revocation'
import * as forExpress from '@claimcheck/express'
import '@claimcheck/express/augment'
import * as forFastify from '@claimcheck/fastify'
import { createIssuer, generateKeys } from '@claimcheck/issuer'
import * as forKoa from '@claimcheck/koa'
import { instrument } from '@claimcheck/otel'
import { createRedisStores } from '@claimcheck/redis'
import { createTestIssuer } from '@claimcheck/testing'
import { testAdapter } from '@claimcheck/testing/adapter'

// Each name would be `any` or an error if a declaration were not found.
type IsAny<T> = 0 extends 1 & T ? true : false
type NoneIsAny<T extends readonly unknown[]> = true extends { [K in keyof T]: IsAny<T[K]> }[number] ? never : T

export const values = [
  core.createAuth,
  createGate,
  auditOptions,
  createDecrypter,
  createOneTimeValues,
  okta,
  createRevocations,
  forExpress.jwtAuth,
  forFastify.jwtAuth,
  createIssuer,
  generateKeys,
  forKoa.jwtAuth,
  instrument,
  createRedisStores,
  createTestIssuer,
  testAdapter,
] as const
export const checked: NoneIsAny<[...typeof values]> = [...values]
export const codeOf = ({ code }: AuthenticateMessage): string | null => code

const auth = core.createAuth({
  issuer: 'https://issuer.test',
  audience: 'smoke',
  keys: { secret: 'thirty-two bytes for a smoke test, no less' },
  roles: { admin: 'admin' },
})
// @ts-expect-error -- a misspelt role
auth.hasRole('admn')
