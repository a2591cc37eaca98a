import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError, createAuth } from '@claimcheck/core'
import { expect, it } from 'vitest'
import { root } from './pages.ts'

const page = readFileSync(join(root, 'docs/settings.md'), 'utf8')
const [ofAuth = ''] = page.split('The adapters add their own')

it('docs/settings.md lists exactly the options of an Auth', () => {
  const listed = Array.from(ofAuth.matchAll(/^\| `(\w+)` \|/gm), ([, name = '']) => name)
  expect(listed.toSorted()).toEqual(knownSettings().toSorted())
})

/** The error for an unknown option lists the known ones. */
function knownSettings(): readonly string[] {
  try {
    Reflect.apply(createAuth, undefined, [{ unknown: true }])
  } catch (error) {
    if (error instanceof ConfigError) return /^one of (.*)$/.exec(error.expected)?.[1]?.split(', ') ?? []
  }
  throw new Error('An unknown setting was accepted')
}
