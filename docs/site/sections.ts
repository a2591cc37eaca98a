/** A part of the sidebar: pages of `docs/` under the short titles that they have there. */
export interface Section {
  readonly title: string
  readonly pages: Readonly<Record<string, string>>
  /** Whether it is collapsed until one of its pages is open. */
  readonly closed?: true
}

/** The guides, in reading order. The API reference and the decisions follow them. */
export const sections: readonly Section[] = [
  {
    title: 'Begin',
    pages: {
      'start.md': 'Start here',
      'jwt.md': 'What a JWT is',
      'express.md': 'Express',
      'fastify.md': 'Fastify',
      'koa.md': 'Koa',
      'roles.md': 'Roles and policies',
      'providers.md': 'Identity providers',
    },
  },
  {
    title: 'Beyond routes',
    pages: { 'websockets.md': 'WebSockets', 'graphql.md': 'GraphQL', 'mcp.md': 'MCP servers' },
  },
  {
    title: 'Look closer',
    pages: {
      'testing.md': 'Testing',
      'explain.md': 'Why is this a 401?',
      'cli.md': 'The command line',
      'playground.md': 'Playground',
      'observability.md': 'Logs, metrics and traces',
    },
  },
  {
    title: 'Migration',
    pages: {
      'migration.md': 'Before you start',
      'migration-express-jwt.md': 'From express-jwt',
      'migration-koa-jwt.md': 'From koa-jwt',
      'migration-fastify-jwt.md': 'From @fastify/jwt',
      'migration-passport-jwt.md': 'From passport-jwt',
      'migration-express-oauth2-jwt-bearer.md': 'From express-oauth2-jwt-bearer',
    },
    closed: true,
  },
  {
    title: 'Login',
    pages: {
      'login.md': 'Log users in',
      'login-keys.md': 'Signing keys',
      'login-revocation.md': 'Revocation and Redis',
    },
    closed: true,
  },
  {
    title: 'Look up',
    pages: { 'settings.md': 'Options', 'errors.md': 'Error codes', 'keys.md': 'Keys' },
  },
  {
    title: 'Trust',
    pages: {
      'security.md': 'Security',
      'threat-model.md': 'Threat model',
      'standards.md': 'Standards',
      'conformance.md': 'Conformance',
      'reports/mutation.md': 'Mutation testing',
      'performance.md': 'Performance',
      'reports/bench.md': 'Bench goals',
      'reports/scaling.md': 'Scaling',
      'stability.md': 'Stability and support',
      'comparison.md': 'Comparison',
    },
  },
]
