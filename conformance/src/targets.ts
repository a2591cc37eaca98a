import { existsSync } from 'node:fs'
import { describe } from 'vitest'
import type { Target } from './target.ts'

/** The folder under `packages/` that a target stands on, and how it is loaded. */
const sources: readonly (readonly [folder: string, load: () => Promise<readonly Target[]>])[] = [
  ['express', async () => (await import('./targets/express.ts')).expressTargets],
  ['fastify', async () => (await import('./targets/fastify.ts')).fastifyTargets],
  ['koa', async () => (await import('./targets/koa.ts')).koaTargets],
]

/** The targets of the adapters that are there: one whose folder was removed is not missed. */
export async function loadTargets(): Promise<readonly Target[]> {
  const there = sources.filter(([folder]) =>
    existsSync(new URL(`../../packages/${folder}/package.json`, import.meta.url)),
  )
  return (await Promise.all(there.map(([, load]) => load()))).flat()
}

/** Runs the same tests on every target that is there. */
export async function describeTargets(tests: (target: Target) => void): Promise<void> {
  const targets = await loadTargets()
  for (const target of targets) describe(target.name, () => tests(target))
}
