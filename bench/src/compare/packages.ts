import type { ServerFramework } from '../http/contender.ts'

/** A package of docs/comparison.md. */
export interface ComparedPackage {
  readonly framework: ServerFramework
  /** The package whose version is shown. */
  readonly npm: string
  /** What a program imports to verify the tokens of a provider whose key it knows. */
  readonly imports: readonly string[]
  /** The companion package that fetches a provider's keys, if the package does not do this itself. */
  readonly keysFrom: string | null
}

/** The packages in the order of the page, by their names there. */
export const packages = {
  claimcheck: pack('Express', '@claimcheck/express'),
  'express-oauth2-jwt-bearer': pack('Express', 'express-oauth2-jwt-bearer'),
  'express-jwt': { ...pack('Express', 'express-jwt'), keysFrom: 'jwks-rsa' },
  'passport-jwt': { ...pack('Express', 'passport-jwt', ['passport', 'passport-jwt']), keysFrom: 'jwks-rsa' },
  '@fastify/jwt': { ...pack('Fastify', '@fastify/jwt'), keysFrom: 'get-jwks' },
  'koa-jwt': { ...pack('Koa', 'koa-jwt'), keysFrom: 'jwks-rsa' },
  'hono/jwt': { ...pack('Hono', 'hono', ['hono/jwt']), keysFrom: 'hono/jwk' },
  'jose by hand': pack('Express', 'jose'),
  'better-auth': pack('Express', 'better-auth', ['better-auth/oauth2']),
  'express-openid-connect': pack('Express', 'express-openid-connect'),
} as const satisfies Readonly<Record<string, ComparedPackage>>

export type PackageName = keyof typeof packages

export const packageNames = Object.keys(packages) as PackageName[]

/** A login client with sessions: it reads no bearer token. */
export const sessionsOnly = 'express-openid-connect' satisfies PackageName

function pack(framework: ServerFramework, npm: string, imports: readonly string[] = [npm]): ComparedPackage {
  return { framework, npm, imports, keysFrom: null }
}
