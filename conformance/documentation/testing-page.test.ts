import { badCredentialByCode } from '@claimcheck/testing'
import { expect, it } from 'vitest'
import { pages } from './pages.ts'

it('docs/testing.md lists the bad credentials of every code in order', () => {
  const { text = '' } = pages.find(({ name }) => name === 'docs/testing.md') ?? {}
  const rows = Array.from(text.matchAll(/^\| `(\w+)` \| `bad\.(\w+)\(/gm), ([, code, name]) => [code, name])
  expect(rows).toEqual(Object.entries(badCredentialByCode))
})
