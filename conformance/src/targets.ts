import { existsSync } from 'node:fs'
import { describe } from 'vitest'
import type { Target } from './target.ts'
import { isFullSize } from './test-size.ts'

/** The folder under `packages/` that a target needs, and how it is loaded. */
const sources: readonly (readonly [folder: string, load: () => Promise<readonly Target[]>])[] = [
  ['express', async () => (await import('./targets/express.ts')).expressTargets],
  ['fastify', async () => (await import('./targets/fastify.ts')).fastifyTargets],
  ['koa', async () => (await import('./targets/koa.ts')).koaTargets],
]

/** Loads the targets of the existing adapters. The folder of an adapter can be removed. */
export async function loadTargets(): Promise<readonly Target[]> {
  const there = sources.filter(([folder]) =>
    existsSync(new URL(`../../packages/${folder}/package.json`, import.meta.url)),
  )
  return (await Promise.all(there.map(([, load]) => load()))).flat()
}

/** The targets of a large suite: one in `npm test`, the others in `npm run test:full`. */
export async function loadTargetsOfSize(): Promise<readonly Target[]> {
  const [first, ...others] = await loadTargets()
  if (isFullSize) return others
  return first === undefined ? [] : [first]
}

/** Declares the same tests for every target. */
export async function describeTargets(tests: (target: Target) => void): Promise<void> {
  for (const target of await loadTargets()) describe(target.name, () => tests(target))
}

/** Declares the tests of a large suite for one target in `npm test`, and for the others in `npm run test:full`. */
export async function describeTargetsOfSize(tests: (target: Target) => void): Promise<void> {
  for (const target of await loadTargetsOfSize()) describe(target.name, () => tests(target))
}
