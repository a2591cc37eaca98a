import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const folder = join(root, '.github/workflows')
const workflows = existsSync(folder)
  ? readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
  : []
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { packageManager: string }

describe.each(workflows)('the workflow $name', ({ text }) => {
  it('uses every action at a commit, with its version beside it', () => {
    const actions = Array.from(text.matchAll(/uses: (.*)/g), ([, action = '']) => action)
    expect(actions.length).toBeGreaterThan(0)
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it('can read the repository and nothing else, unless a job says more', () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m)
    expect(text).not.toMatch(/write-all|secrets\./)
  })

  it('uses the version of pnpm that the workspace names', () => {
    const versions = Array.from(text.matchAll(/pnpm@[\d.]+/g), ([version]) => version)
    expect(versions.filter((version) => version !== packageManager)).toEqual([])
  })
})

describe('the workflows', () => {
  it('run all checks for a pull request, and before a release', () => {
    const checks = workflows.filter(({ text }) => text.includes('- run: .ci/run')).map(({ name }) => name)
    expect(checks).toEqual(['checks.yml', 'release.yml'])
  })

  it('let only the job that publishes sign, after all checks', () => {
    const release = workflows.find(({ name }) => name === 'release.yml')?.text ?? ''
    expect(release.match(/id-token: write/g)).toHaveLength(1)
    const publish = release.slice(release.indexOf('  publish:'))
    expect(publish).toMatch(/needs: checks/)
    expect(publish).toMatch(/id-token: write[^]*publish --provenance/)
    expect(release).toMatch(/^name: Release$/m)
  })
})
