import type { MakeContender } from './contender.ts'
import { makeAwsJwtVerify } from './contenders/aws-jwt-verify.ts'
import { makeClaimcheck } from './contenders/claimcheck.ts'
import { makeFastJwt } from './contenders/fast-jwt.ts'
import { makeHonoJwt } from './contenders/hono-jwt.ts'
import { makeJose } from './contenders/jose.ts'
import { makeJsonwebtoken } from './contenders/jsonwebtoken.ts'
import { makeNodeCrypto } from './contenders/node-crypto.ts'

/** By the names that the figures go by: the limit, claimcheck, its peers. */
export const contenders = {
  'node:crypto': makeNodeCrypto,
  claimcheck: makeClaimcheck,
  'fast-jwt': makeFastJwt,
  jsonwebtoken: makeJsonwebtoken,
  'aws-jwt-verify': makeAwsJwtVerify,
  jose: makeJose,
  'hono/jwt': makeHonoJwt,
} as const satisfies Readonly<Record<string, MakeContender>>

export type ContenderName = keyof typeof contenders

export const contenderNames = Object.keys(contenders) as ContenderName[]
/** All but the limit, which checks no claims, and claimcheck. */
export const peers = contenderNames.filter((name) => name !== 'node:crypto' && name !== 'claimcheck')
export const verifiedPackages = ['@claimcheck/core', 'fast-jwt', 'jsonwebtoken', 'aws-jwt-verify', 'jose', 'hono']
