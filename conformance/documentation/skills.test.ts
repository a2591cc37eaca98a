import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packagePages, root } from './pages.ts'

const skills = packagePages.filter(({ name }) => name.endsWith('/SKILL.md'))
const folderOf = (name: string) => name.split('/')[1] ?? ''
/** From the heading to the next one, without the rule of the framework, which is the last one. */
const rulesOf = (text: string) => /\n## Rules\n([^]*?)\n- (?:Mount|Register|`auth)/.exec(text)?.[1]

it('core and every adapter have a SKILL.md with the same rules', () => {
  expect(skills.map(({ name }) => folderOf(name))).toEqual(['core', 'express', 'fastify', 'koa'])
  const rules = skills.map(({ text }) => rulesOf(text))
  expect(new Set(rules).size).toBe(1)
  expect(rules[0]).toContain('**503**')
})

describe.each(skills)('$name', ({ name, text }) => {
  it('starts with a name and a description, by which an agent chooses it', () => {
    const [, skill = '', description = ''] = /^---\nname: ([a-z-]+)\ndescription: (.+)\n---\n/.exec(text) ?? []
    expect(skill).toBe(`claimcheck-${folderOf(name)}`)
    expect(description).toContain(`@claimcheck/${folderOf(name)}`)
    expect(description).toMatch(/\. Use it .+\.$/)
    expect(description.length).toBeLessThanOrEqual(1024)
  })

  it('is published, and links only to files that are published beside it', () => {
    const { files } = JSON.parse(readFileSync(join(root, name, '../package.json'), 'utf8')) as { files: string[] }
    expect(files).toContain('SKILL.md')
    const links = Array.from(text.matchAll(/\]\(([^)]+)\)/g), ([, link = '']) => link)
    expect(links.length).toBeGreaterThan(3)
    expect(links.filter((link) => !/^\.\.\/core\/src\/[\w/-]+\.ts$/.test(link))).toEqual([])
  })
})
