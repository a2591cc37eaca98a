import { existsSync } from 'node:fs'

const removed = ['express', 'fastify', 'koa'].filter((name) => {
  return !existsSync(new URL(`../../../packages/${name}/package.json`, import.meta.url))
})

/** Why the playground cannot run, if an adapter's folder was removed; otherwise null. */
export const adaptersMissing = removed.length === 0 ? null : `packages/${removed.join(', packages/')} was removed`
