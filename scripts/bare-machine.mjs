// node scripts/bare-machine.mjs: clones the last commit into an empty folder and runs `npm test` and `npm start` there, with an
// empty HOME, without CI, and with a PATH that contains only Node, npm and the basic programs of a shell.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = mkdtempSync(join(tmpdir(), 'claimcheck-bare-'))
const [bin, home, clone] = ['bin', 'home', 'clone'].map((name) => join(folder, name))
const port = 4600
/** The programs that the shell scripts of npm and pnpm call. */
const basics = ['sh', 'bash', 'env', 'basename', 'cat', 'dirname', 'ls', 'readlink', 'sed', 'tr', 'uname', 'which']
const startSeconds = 120

try {
  mkdirSync(bin)
  mkdirSync(home)
  for (const name of [...basics, 'npm', 'npx']) link(name, findOnPath(name))
  link('node', process.env.npm_node_execpath ?? process.execPath)
  run('git', ['clone', '--quiet', root, clone], { ...process.env })
  const { CI: _ci, REDIS_URL: _redis, CHROMIUM: _chromium, npm_execpath: _npm, ...others } = process.env
  const env = { ...others, PATH: bin, HOME: home, PORT: String(port) }
  run('npm', ['test'], env)
  await start(env)
  console.log('✓ npm test and npm start work with Node and npm alone')
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function findOnPath(name) {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((each) => join(each, name))
  return candidates.find((candidate) => existsSync(candidate)) ?? null
}

function link(name, target) {
  if (target !== null) symlinkSync(target, join(bin, name))
}

function run(program, programArguments, env) {
  const cwd = existsSync(clone) ? clone : folder
  const { status } = spawnSync(program, programArguments, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error(`${program} ${programArguments.join(' ')} failed with only Node and npm installed`)
}

/** Starts the playground, waits until all of its servers respond, and stops it. */
async function start(env) {
  const child = spawn('npm', ['start'], { cwd: clone, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  try {
    await waitForResponse(`http://127.0.0.1:${port}/`, 200, ended)
    for (const api of [1, 2, 3]) await waitForResponse(`http://127.0.0.1:${port + api}/admin`, 401, ended)
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
    await ended
  }
}

async function waitForResponse(url, status, ended) {
  const state = { hasEnded: false }
  void ended.then(() => (state.hasEnded = true))
  const deadline = Date.now() + startSeconds * 1000
  while (!state.hasEnded && Date.now() < deadline) {
    const response = await fetch(url).catch(() => null)
    if (response?.status === status) return
    if (response !== null) throw new Error(`${url} responded with ${response.status}, expected ${status}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`npm start did not serve ${url} within ${startSeconds} seconds with only Node and npm installed`)
}
