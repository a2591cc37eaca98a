import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { expect, it } from 'vitest'
import { listPublicNames } from '../public-names.ts'

it.each([...listPublicNames()].map(([file, list]) => [basename(dirname(file)), file, list] as const))(
  'lists the public names of %s: update the list with node scripts/public-names.ts, and review it',
  (_folder, file, list) => {
    expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(list)
  },
)
