/** What users import: core and its adapters, and the peers. */
export const importedPackages = [
  '@claimcheck/core',
  '@claimcheck/express',
  '@claimcheck/fastify',
  '@claimcheck/koa',
  'jose',
  'fast-jwt',
  'jsonwebtoken',
  'aws-jwt-verify',
  'hono/jwt',
  'express-jwt',
  'express-oauth2-jwt-bearer',
  'passport-jwt',
  '@fastify/jwt',
  'koa-jwt',
] as const
