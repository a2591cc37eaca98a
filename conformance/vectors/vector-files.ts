import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'

/** Beside the project, not in it: others made what is there, under licences of their own. */
const folder = fileURLToPath(new URL('../../../shared/vectors/', import.meta.url))

/** A machine that must run them fails where they are not there; any other leaves them out, and says so. */
const isLeftOut = !existsSync(folder) && process.env['CI'] !== 'true'

/** A suite that reads vectors. */
export function describeVectors(name: string, suite: () => void): void {
  describe.skipIf(isLeftOut)(name, isLeftOut ? needsVectors : suite)
}

function needsVectors(): void {
  it('needs ../shared/vectors, which is not there', () => expect(existsSync(folder)).toBe(true))
}

/** Reads a file of vectors, in the shape that its suite expects. */
export function readVectors<T>(path: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(folder + path, 'utf8')))
}

/** The paths of all files in the folders, from the folder of the vectors. */
export function vectorFiles(...folders: readonly string[]): readonly string[] {
  return folders.flatMap((name) =>
    readdirSync(folder + name, { recursive: true, encoding: 'utf8' })
      .map((file) => `${name}/${file.replaceAll('\\', '/')}`)
      .filter((file) => file.endsWith('.json'))
      .toSorted(),
  )
}
