import { existsSync } from 'node:fs'

/** Why there is nothing to be served here, or null: servers need the adapters of their frameworks. */
export const missingAdapter =
  ['express', 'fastify', 'koa']
    .map((name) => `packages/${name}`)
    .find((folder) => !existsSync(new URL(`../../${folder}/package.json`, import.meta.url))) ?? null
