import { existsSync } from 'node:fs'

const removed = ['express', 'fastify', 'koa'].filter((name) => {
  return !existsSync(new URL(`../../../packages/${name}/package.json`, import.meta.url))
})

/** Why the playground cannot run here: an adapter's folder was removed. Null where all are there. */
export const adaptersMissing = removed.length === 0 ? null : `packages/${removed.join(', packages/')} was removed`
