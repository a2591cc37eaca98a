import { existsSync } from 'node:fs'

/** The package without which the servers cannot start, or null. The bench also works after an adapter was removed. */
export const missingAdapter =
  ['express', 'fastify', 'koa']
    .map((name) => `packages/${name}`)
    .find((folder) => !existsSync(new URL(`../../${folder}/package.json`, import.meta.url))) ?? null
