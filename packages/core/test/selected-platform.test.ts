import { expect, it } from 'vitest'
import * as selected from '#platform'
import * as node from '../src/platform/node.ts'
import * as web from '../src/platform/web.ts'

it('the tests run on the platform of their project', () => {
  const expected = process.env['CLAIMCHECK_PLATFORM'] === 'web' ? web : node
  expect(selected.createSignatureCheck).toBe(expected.createSignatureCheck)
})
