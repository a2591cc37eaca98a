import type { CreateServer, Framework, ServerFramework } from './contender.ts'

/** The contenders that show what a framework does without any of the packages, and claimcheck. */
export type OwnName = 'bare' | 'ceiling' | 'static' | 'claimcheck'

const peers = {
  Express: ['express-jwt', 'express-oauth2-jwt-bearer', 'passport-jwt'],
  Fastify: ['@fastify/jwt', '@fastify/jwt, cache on'],
  Koa: ['koa-jwt'],
} as const satisfies Readonly<Record<Framework, readonly string[]>>

/** Every contender on a framework, by its name in the figures. */
export type Contenders<F extends Framework> = Readonly<Record<OwnName | (typeof peers)[F][number], CreateServer>>

export function peersOn(framework: Framework): readonly string[] {
  return peers[framework]
}

/** Loads the framework of a contender and nothing of the others. */
export async function findContender(framework: ServerFramework, name: string): Promise<CreateServer> {
  const contenders = new Map<string, CreateServer>(Object.entries(await load(framework, name)))
  const createServer = contenders.get(name)
  if (createServer === undefined) throw new Error(`${framework} has no contender ${name}`)
  return createServer
}

/** The contenders on Express that only the comparison measures. */
export const comparedOnExpress = ['jose by hand', 'better-auth', 'express-openid-connect'] as const

async function load(framework: ServerFramework, name: string): Promise<Readonly<Record<string, CreateServer>>> {
  if (framework === 'Hono') return (await import('./hono.ts')).contenders
  if (comparedOnExpress.some((each) => each === name)) return (await import('./express-compared.ts')).contenders
  if (framework === 'Express') return (await import('./express.ts')).contenders
  if (framework === 'Fastify') return (await import('./fastify.ts')).contenders
  return (await import('./koa.ts')).contenders
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
