import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { z } from 'zod'

const folder = fileURLToPath(new URL('../vectors/', import.meta.url))

/** Reads a file of vectors and checks its schema. */
export function readVectors<T>(path: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(folder + path, 'utf8')))
}

/** The paths of all files in the folders, relative to the folder of the vectors. */
export function vectorFiles(...folders: readonly string[]): readonly string[] {
  return folders.flatMap((name) =>
    readdirSync(folder + name, { recursive: true, encoding: 'utf8' })
      .map((file) => `${name}/${file.replaceAll('\\', '/')}`)
      .filter((file) => file.endsWith('.json'))
      .toSorted(),
  )
}
