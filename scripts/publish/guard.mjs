// node scripts/publish/guard.mjs: refuses to publish from anywhere but the release workflow. Every package runs it as
// `prepublishOnly`, so that `npm publish` and `pnpm publish` by hand fail, too.
import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { repository } from './repository.mjs'

/** Returns what prevents a release, in sentences that say what to do. */
export function findObstacles({ url, env, changedFiles }) {
  const obstacles = []
  if (!/^https:\/\/[^/]+\/[^/]+\/[^/]+$/.test(url) || url.endsWith('.git'))
    obstacles.push('Set the URL of the repository in scripts/publish/repository.mjs: provenance requires it.')
  if (env.GITHUB_ACTIONS !== 'true' || env.GITHUB_WORKFLOW !== 'Release')
    obstacles.push('Publish with the workflow "Release": it runs all checks, and signs what it publishes.')
  if (env.npm_config_user_agent?.startsWith('pnpm/') !== true)
    obstacles.push('Publish with pnpm: npm would publish the package.json of the workspace.')
  if (changedFiles.length > 0) obstacles.push(`Commit or remove these files first: ${changedFiles.join(', ')}`)
  return obstacles
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const obstacles = findObstacles({ url: repository, env: process.env, changedFiles: findChangedFiles() })
  for (const obstacle of obstacles) console.error(`Not published. ${obstacle}`)
  if (obstacles.length > 0) process.exitCode = 1
}

function findChangedFiles() {
  const { error, status, stdout } = spawnSync('git', ['status', '--porcelain'], { encoding: 'utf8' })
  if (error !== undefined || status !== 0) return ['every file, because git did not run in a clone']
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.slice(3)]))
}
