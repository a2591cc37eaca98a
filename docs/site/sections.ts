/** A part of the sidebar: pages of `docs/` under the short titles that they have there. */
export interface Section {
  readonly title: string
  readonly pages: Readonly<Record<string, string>>
  /** More pages, in a group that is collapsed until one of them is open. */
  readonly group?: { readonly title: string; readonly pages: Readonly<Record<string, string>> }
}

/** The guides, in reading order. The API reference and the decisions follow them. */
export const sections: readonly Section[] = [
  {
    title: 'Start',
    pages: {
      'start.md': 'Start here',
      'comparison.md': 'Comparison',
      'playground.md': 'Playground',
    },
    group: {
      title: 'Migrate',
      pages: {
        'migration.md': 'Before you migrate',
        'migration-express-jwt.md': 'From express-jwt',
        'migration-koa-jwt.md': 'From koa-jwt',
        'migration-fastify-jwt.md': 'From @fastify/jwt',
        'migration-passport-jwt.md': 'From passport-jwt',
        'migration-express-oauth2-jwt-bearer.md': 'From express-oauth2-jwt-bearer',
      },
    },
  },
  {
    title: 'Frameworks',
    pages: {
      'express.md': 'Express',
      'fastify.md': 'Fastify',
      'koa.md': 'Koa',
      'websockets.md': 'WebSockets',
      'graphql.md': 'GraphQL',
      'mcp.md': 'MCP servers',
    },
  },
  {
    title: 'Tokens and keys',
    pages: {
      'jwt.md': 'What a JWT is',
      'providers.md': 'Identity providers',
      'keys.md': 'Keys',
    },
  },
  {
    title: 'Access',
    pages: {
      'roles.md': 'Roles and policies',
    },
  },
  {
    title: 'Login',
    pages: {
      'login.md': 'Log users in',
      'login-keys.md': 'Signing keys',
      'login-revocation.md': 'Revocation and Redis',
    },
  },
  {
    title: 'Operate',
    pages: {
      'explain.md': 'Why is this a 401?',
      'cli.md': 'The command line',
      'testing.md': 'Testing',
      'observability.md': 'Logs, metrics and traces',
    },
  },
  {
    title: 'Security',
    pages: {
      'security.md': 'Security',
      'threat-model.md': 'Threat model',
      'standards.md': 'Standards',
      'conformance.md': 'Conformance',
      'reports/mutation.md': 'Mutation testing',
    },
  },
  {
    title: 'Reference',
    pages: {
      'settings.md': 'Options',
      'errors.md': 'Errors',
      'performance.md': 'Performance',
      'reports/bench.md': 'Bench goals',
      'reports/scaling.md': 'Scaling',
      'stability.md': 'Stability and support',
    },
  },
]

/** The pages of a section in order, each with its short title. */
export function pagesOf({ pages, group }: Section): readonly (readonly [name: string, title: string])[] {
  return [...Object.entries(pages), ...Object.entries(group?.pages ?? {})]
}
