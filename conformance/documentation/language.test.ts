import { describe, expect, it } from 'vitest'
import { checkedFolders, findForbiddenPhrases, findPhrases, textOf } from '../../scripts/language.ts'

// scripts/forbidden-phrases.json contains the phrases and the folders.
describe('comments, test names and pages', () => {
  it.each(checkedFolders)('the files of %s contain no forbidden phrase', (folder) => {
    expect(findForbiddenPhrases(folder)).toEqual([])
  })
})

describe('textOf', () => {
  it('returns the comments and test names of a source', () => {
    const source = [
      '// The client was told.',
      "const text = 'told // told'",
      '/**',
      ' * A key of',
      ' * its own.',
      ' */',
      "it.each([['told']])('is told', () => /'told/)",
    ]
    expect(findPhrases(textOf('a.test.ts', source.join('\n'))).map((hit) => hit.split(' (')[0])).toEqual([
      '1 "told"',
      '4 "of its own"',
      '7 "told"',
    ])
  })

  it('returns the prose of a page without its code', () => {
    const page = ['Nobody waits.', '', '```ts', '// told', '```', '`told` <!-- told --> [anew](told.md)']
    expect(findPhrases(textOf('a.md', page.join('\n'))).map((hit) => hit.split(' (')[0])).toEqual([
      '1 "nobody"',
      '6 "anew"',
    ])
  })
})
