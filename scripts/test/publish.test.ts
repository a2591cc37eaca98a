import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findObstacles } from '../publish/guard.mjs'
import { entriesOf, toPublished } from '../publish/manifest.mjs'

const root = join(import.meta.dirname, '../..')
const folders = readdirSync(join(root, 'packages'))
const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')) as {
    readonly name: string
    readonly scripts: Readonly<Record<string, string>>
    readonly exports: object
  }

const release = {
  url: 'https://github.com/owner/name',
  env: { GITHUB_ACTIONS: 'true', GITHUB_WORKFLOW: 'Release', npm_config_user_agent: 'pnpm/12.21.0 node/v24' },
  changedFiles: [],
}

describe('the guard against publishing', () => {
  it.each(folders)('runs before %s is published', (folder) => {
    expect(manifestOf(folder).scripts['prepublishOnly']).toBe('node ../../scripts/publish/guard.mjs')
  })

  it('lets the release workflow publish a clean tree', () => {
    expect(findObstacles(release)).toEqual([])
  })

  it.each([
    ['an empty repository URL', { url: '' }, /repository\.mjs/],
    ['a repository URL with .git', { url: 'https://github.com/owner/name.git' }, /repository\.mjs/],
    ['a terminal', { env: { ...release.env, GITHUB_ACTIONS: undefined } }, /workflow/],
    ['another workflow', { env: { ...release.env, GITHUB_WORKFLOW: 'Tests' } }, /workflow/],
    ['npm', { env: { ...release.env, npm_config_user_agent: 'npm/11.0.0 node/v24' } }, /pnpm/],
    ['a tree with changes', { changedFiles: ['a.ts'] }, /a\.ts/],
  ])('refuses %s', (_name, change, message) => {
    const obstacles = findObstacles({ ...release, ...change })
    expect(obstacles).toEqual([expect.stringMatching(message)])
  })

  it('exits with an error from a working tree', () => {
    const guard = join(root, 'scripts/publish/guard.mjs')
    expect(() => execFileSync(process.execPath, [guard], { cwd: root, stdio: 'pipe' })).toThrow(/Not published/)
  })
})

describe('the published package.json', () => {
  it.each(folders)('of %s names the repository, and leads to nothing of the workspace', (folder) => {
    const workspace = manifestOf(folder)
    const published = toPublished(workspace, 'https://github.com/owner/name')
    expect(published).toMatchObject({
      name: workspace.name,
      repository: { type: 'git', url: 'git+https://github.com/owner/name.git', directory: `packages/${folder}` },
      homepage: `https://github.com/owner/name/tree/main/packages/${folder}#readme`,
      bugs: 'https://github.com/owner/name/issues',
    })
    expect(published).not.toHaveProperty('devDependencies')
    expect(published).not.toHaveProperty('scripts')
    expect(JSON.stringify([published['exports'], published['imports']])).not.toMatch(/source|src/)
    const names = Object.keys(published['exports'] as object).filter((name) => name !== './package.json')
    expect(names).toHaveLength(entriesOf(workspace.exports).length)
  })

  it('names no repository while its URL is empty', () => {
    expect(toPublished(manifestOf('core'), '')).not.toHaveProperty('repository')
  })
})
