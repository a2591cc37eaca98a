import type { Framework, MakeServer } from './contender.ts'

/** How it is made: its code is loaded only then, so that no server has that of another in it. */
type Entry = () => Promise<MakeServer>

const express = {
  bare: async () => (await import('./express/bare.ts')).serveBare,
  ceiling: async () => (await import('./express/ceiling.ts')).serveCeiling,
  static: async () => (await import('./express/static.ts')).serveStatic,
  claimcheck: async () => (await import('./express/claimcheck.ts')).serveClaimcheck,
  'express-jwt': async () => (await import('./express/express-jwt.ts')).serveExpressJwt,
  'express-oauth2-jwt-bearer': async () => (await import('./express/express-oauth2-jwt-bearer.ts')).serveExpressOauth2,
  'passport-jwt': async () => (await import('./express/passport-jwt.ts')).servePassportJwt,
} as const satisfies Readonly<Record<string, Entry>>

const fastify = {
  bare: async () => (await import('./fastify/bare.ts')).serveBare,
  ceiling: async () => (await import('./fastify/ceiling.ts')).serveCeiling,
  static: async () => (await import('./fastify/static.ts')).serveStatic,
  claimcheck: async () => (await import('./fastify/claimcheck.ts')).serveClaimcheck,
  '@fastify/jwt': async () => (await import('./fastify/fastify-jwt.ts')).serveFastifyJwt,
  '@fastify/jwt, cache on': async () => (await import('./fastify/fastify-jwt.ts')).serveFastifyJwtCached,
} as const satisfies Readonly<Record<string, Entry>>

const koa = {
  bare: async () => (await import('./koa/bare.ts')).serveBare,
  ceiling: async () => (await import('./koa/ceiling.ts')).serveCeiling,
  static: async () => (await import('./koa/static.ts')).serveStatic,
  claimcheck: async () => (await import('./koa/claimcheck.ts')).serveClaimcheck,
  'koa-jwt': async () => (await import('./koa/koa-jwt.ts')).serveKoaJwt,
} as const satisfies Readonly<Record<string, Entry>>

/** By the names that the figures go by. */
const contenders: Readonly<Record<Framework, Readonly<Record<string, Entry>>>> = {
  Express: express,
  Fastify: fastify,
  Koa: koa,
}

/** Those that show what the framework does without any of the packages. */
const ours = ['bare', 'ceiling', 'static', 'claimcheck']

export function peersOn(framework: Framework): readonly string[] {
  return Object.keys(contenders[framework]).filter((name) => !ours.includes(name))
}

export async function findContender(framework: Framework, name: string): Promise<MakeServer> {
  const entry = contenders[framework][name]
  if (entry === undefined) throw new Error(`There is no ${name} on ${framework}`)
  return entry()
}

export const httpPackages = [
  '@claimcheck/express',
  'express',
  'express-jwt',
  'express-oauth2-jwt-bearer',
  'passport-jwt',
  'fastify',
  '@fastify/jwt',
  'koa',
  'koa-jwt',
]
