import { expect, it } from 'vitest'
import * as selected from '#platform'
import * as node from '../src/platform/node.ts'
import * as web from '../src/platform/web.ts'

it('the tests of this project run on the platform that they are named after', () => {
  const expected = process.env['CLAIMCHECK_PLATFORM'] === 'web' ? web : node
  expect(selected.createSignatureCheck).toBe(expected.createSignatureCheck)
})
